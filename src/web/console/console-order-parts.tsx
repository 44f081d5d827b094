import type { VNode } from 'preact';
import { coinTicker } from '../coins.js';
import { Foreign, StatusBadge } from './console-frame.js';
import { TableBox } from './table-box.js';
import type { ConsoleDeposit, ConsoleOrderEvent } from './console-order-view.js';
import { Instant } from '../instant.js';

const sourceWords: Record<ConsoleOrderEvent['source'], string> = {
  create: 'order placed',
  ipn: 'told by the provider',
  poll: 'we asked the provider',
  reconcile: 'found by reconcile',
  expired: 'its time was over',
  mint_failed: 'no address could be made',
  cancel: 'cancelled by the merchant',
  support: 'decided by support',
};

/** What happened to the order, oldest first. */
export function Timeline({ events }: { events: readonly ConsoleOrderEvent[] }): VNode {
  return (
    <ol class="timeline card pad">
      {events.map((event) => (
        <li class={`s-${event.status}`}>
          <StatusBadge status={event.status} />
          <span class="quiet">
            {sourceWords[event.source]} <span class="code">({event.event})</span>
          </span>
          <span class="quiet when">
            <Instant iso={event.at} seconds />
          </span>
        </li>
      ))}
    </ol>
  );
}

const roleWords: Record<ConsoleDeposit['role'], string> = {
  bound: 'the order’s own',
  child: 're-deposit',
  offer: 'offered before',
  second: 'second payment',
  orphan: 'orphan',
};

/** Every payment seen for the order, and where its coins went. */
export function DepositTable({ deposits }: { deposits: readonly ConsoleDeposit[] }): VNode {
  return (
    <TableBox
      label="Deposits"
      columns={[
        'Payment',
        'Provider says',
        'Coin',
        { number: 'Arrived' },
        { number: 'Applied' },
        { number: 'Excess' },
        { number: 'Unresolved' },
      ]}
    >
      {deposits.map((deposit) => (
        <tr>
          <td>
            <span class="code">{deposit.paymentId}</span> {deposit.lateAt && <span class="badge alert">late</span>}
            <br />
            <span class="quiet">{roleWords[deposit.role]}</span>
          </td>
          <td class="cut">
            <span class="code">
              <Foreign text={deposit.providerStatus} />
            </span>
            <br />
            <span class="quiet">
              <Instant iso={deposit.firstSeenAt} />
            </span>
          </td>
          <td>{deposit.coin ? coinTicker(deposit.coin) : <span class="quiet">unknown</span>}</td>
          <td class="number">{deposit.arrived}</td>
          <td class="number">{deposit.applied}</td>
          <td class="number">{deposit.excess}</td>
          <td class="number">{deposit.unapplied}</td>
        </tr>
      ))}
    </TableBox>
  );
}
