import { priceText } from '../../domain/currency.js';
import { CaseCard } from './console-case-card.js';
import { DeliveryTable } from './console-deliveries.js';
import { consolePage, Empty, Foreign, Section, StatusBadge } from './console-frame.js';
import { Facts, Notes } from './console-order-facts.js';
import { DepositTable, Timeline } from './console-order-parts.js';
import type { ConsoleOrderView } from './console-order-view.js';

/** All that support needs of one order on one page. */
export function consoleOrderPage(view: ConsoleOrderView): string {
  const { context, order, cases } = view;
  const here = `/console/orders/${order.id}`;
  return consolePage({
    context,
    section: 'Orders',
    title: order.id,
    children: (
      <>
        <p class="crumb">
          <a href="/console/orders">Orders</a> / <span class="code">{order.id}</span>
        </p>
        <div class="heading">
          <h1>
            {priceText({ cents: order.priceCents, currency: order.priceCurrency })} {order.priceCurrency}
          </h1>
          <StatusBadge status={order.status} />
          {order.failedReason && <span class="badge">reason: {order.failedReason}</span>}
          {order.mode === 'test' && <span class="badge">test</span>}
          <span class="spread">
            <Foreign text={view.productName ?? order.product} />
          </span>
        </div>
        <div class="columns">
          <div>
            {cases.length > 0 && (
              <Section title="Cases">
                {cases.map((one) => (
                  <CaseCard one={one} context={context} back={here} />
                ))}
              </Section>
            )}
            <Section title="Deposits">
              {view.deposits.length === 0 ? (
                <Empty>No deposit has been seen.</Empty>
              ) : (
                <DepositTable deposits={view.deposits} />
              )}
            </Section>
            <Section title="Webhook deliveries">
              {view.deliveries.length === 0 ? (
                <Empty>Nothing was sent for this order.</Empty>
              ) : (
                <DeliveryTable deliveries={view.deliveries} context={context} back={here} />
              )}
            </Section>
            <Notes order={order} context={context} />
          </div>
          <div>
            <Section title="Timeline">
              <Timeline events={view.events} />
            </Section>
            <Facts view={view} />
          </div>
        </div>
      </>
    ),
  });
}
