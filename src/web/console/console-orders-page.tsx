import type { VNode } from 'preact';
import { priceText } from '../../domain/currency.js';
import { publicId, type Mode } from '../../domain/ids.js';
import { orderStatuses, type OrderStatus } from '../../domain/order.js';
import { coinTicker } from '../coins.js';
import { AccountLink } from './accounts/account-link.js';
import { LiveCounters, type ConsoleCounters } from './console-counters.js';
import { consolePage, Empty, Foreign, NextPage, StatusBadge, withQuery, type ConsoleContext } from './console-frame.js';
import { TableBox } from './table-box.js';
import { Instant } from '../instant.js';
import { printableText } from '../printable-text.js';

export interface ConsoleOrderLine {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly mode: Mode;
  readonly product: string;
  readonly productName: string | null;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly status: OrderStatus;
  readonly payCurrency: string | null;
  readonly customerReference: string | null;
  readonly createdAt: string;
  readonly openCases: number;
}

/** The filters as they stand in the address; empty text is no filter. */
export interface ConsoleOrderFilters {
  readonly status: string;
  readonly search: string;
  readonly account_id: string;
  readonly payment_id: string;
  readonly livemode: string; // '', 'true', 'false'
  readonly created_after: string;
  readonly created_before: string;
}

export interface ConsoleOrdersView {
  readonly context: ConsoleContext;
  readonly counters: ConsoleCounters;
  readonly filters: ConsoleOrderFilters;
  readonly problem: string | null; // a filter that could not be read
  readonly orders: readonly ConsoleOrderLine[];
  readonly nextCursor: string | null;
}

export function consoleOrdersPage(view: ConsoleOrdersView): string {
  const { context, filters, orders, nextCursor, problem } = view;
  return consolePage({
    context,
    section: 'Orders',
    title: 'Orders',
    children: (
      <>
        <div class="heading">
          <h1>Orders</h1>
          <a class="button second small" href={withQuery('/console/orders.csv', { ...filters })} download>
            Download CSV
          </a>
        </div>
        <LiveCounters counters={view.counters} />
        <Filters filters={filters} />
        {problem && (
          <p class="notice stop" role="alert">
            {problem}
          </p>
        )}
        {orders.length === 0 ? <Empty>No order matches.</Empty> : <OrdersTable orders={orders} />}
        <NextPage path="/console/orders" query={{ ...filters, cursor: nextCursor }} />
      </>
    ),
  });
}

function Filters({ filters }: { filters: ConsoleOrderFilters }): VNode {
  return (
    <form class="filters" method="get" action="/console/orders" role="search">
      <label class="wide">
        Search
        <input
          type="search"
          name="search"
          value={filters.search}
          maxLength={200}
          placeholder="Order, payment, address, transaction, mail, reference, note"
        />
      </label>
      <label>
        Status
        <select name="status">
          <option value="">all</option>
          {orderStatuses.map((status) => (
            <option value={status} selected={status === filters.status}>
              {status}
            </option>
          ))}
        </select>
      </label>
      <label>
        Mode
        <select name="livemode">
          <option value="">all</option>
          <option value="true" selected={filters.livemode === 'true'}>
            live
          </option>
          <option value="false" selected={filters.livemode === 'false'}>
            test
          </option>
        </select>
      </label>
      <label>
        Account
        <input name="account_id" value={filters.account_id} maxLength={40} placeholder="acc_…" />
      </label>
      <label>
        Payment id
        <input name="payment_id" value={filters.payment_id} maxLength={128} inputMode="numeric" />
      </label>
      <label>
        From (UTC)
        <input type="date" name="created_after" value={filters.created_after.slice(0, 10)} />
      </label>
      <label>
        Before (UTC)
        <input type="date" name="created_before" value={filters.created_before.slice(0, 10)} />
      </label>
      <button>Filter</button>
      <a href="/console/orders">Reset</a>
    </form>
  );
}

function OrdersTable({ orders }: { orders: readonly ConsoleOrderLine[] }): VNode {
  return (
    <TableBox
      label="Orders"
      columns={['Order', 'Status', 'Product', { number: 'Price' }, 'Coin', 'Reference', 'Account', 'Created']}
    >
      {orders.map((order) => (
        <tr>
          <td>
            <a class="code" href={`/console/orders/${order.id}`}>
              {order.id}
            </a>
            {order.mode === 'test' && <span class="badge">test</span>}
          </td>
          <td>
            <StatusBadge status={order.status} />
            {order.openCases > 0 && <span class="badge alert">case</span>}
          </td>
          <td class="cut" title={printableText(order.product)}>
            <Foreign text={order.productName ?? order.product} />
          </td>
          <td class="number">
            {priceText({ cents: order.priceCents, currency: order.priceCurrency })} {order.priceCurrency}
          </td>
          <td>{order.payCurrency ? coinTicker(order.payCurrency) : <span class="quiet">none</span>}</td>
          <td class="cut">
            <Foreign text={order.customerReference} />
          </td>
          <td class="cut">
            <AccountLink id={publicId('account', order.accountId)} name={order.accountName} />
          </td>
          <td class="nowrap">
            <Instant iso={order.createdAt} />
          </td>
        </tr>
      ))}
    </TableBox>
  );
}
