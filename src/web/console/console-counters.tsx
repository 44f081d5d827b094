import type { VNode } from 'preact';
import type { Mode } from '../../domain/ids.js';
import { orderStatuses, type OrderStatus } from '../../domain/order.js';
import { withQuery } from './console-frame.js';
import { htmlFragment } from '../layout.js';

export interface ConsoleCounters {
  readonly mode: Mode; // of the orders that are counted
  readonly byStatus: Readonly<Record<OrderStatus, number>>;
  readonly openCases: number;
  readonly deadDeliveries: number;
}

/** The counters in a page, kept current by the script. */
export function LiveCounters({ counters }: { counters: ConsoleCounters }): VNode {
  return (
    <div id="live" data-fragment={withQuery('/console/counters', { mode: counters.mode })} data-poll="10">
      <Counters counters={counters} />
    </div>
  );
}

/** `GET /console/counters`, swapped in every ten seconds. */
export function consoleCounters(counters: ConsoleCounters): string {
  return htmlFragment(<Counters counters={counters} />);
}

function Counters({ counters }: { counters: ConsoleCounters }): VNode {
  const { mode, byStatus, openCases, deadDeliveries } = counters;
  const livemode = String(mode === 'live');
  const mark = [...orderStatuses.map((status) => byStatus[status]), openCases, deadDeliveries].join('.');
  return (
    <ul class="counters" data-version={mark}>
      {orderStatuses.map((status) => (
        <li>
          <a class={`counter s-${status}`} href={withQuery('/console/orders', { status, livemode })}>
            <strong>{byStatus[status]}</strong> {status}
          </a>
        </li>
      ))}
      <li>
        <a class={openCases > 0 ? 'counter alert' : 'counter'} href="/console/cases">
          <strong>{openCases}</strong> open cases
        </a>
      </li>
      <li>
        <a class={deadDeliveries > 0 ? 'counter alert' : 'counter'} href="/console/webhooks">
          <strong>{deadDeliveries}</strong> dead deliveries
        </a>
      </li>
    </ul>
  );
}
