import type { VNode } from 'preact';
import { coinTicker } from '../coins.js';
import type { ConsoleCase, ConsoleIpn } from './console-case-view.js';
import { Foreign, Said } from './console-frame.js';
import { TableBox } from './table-box.js';
import { Instant } from '../instant.js';
import { printableText } from '../printable-text.js';

/** What a decision stands on: what we read at the provider, people's notes, and the notifications that came. */
export function CaseEvidence({ one }: { one: ConsoleCase }): VNode | null {
  const { facts, ipns } = one;
  if (facts.length + ipns.length === 0) return null;
  return (
    <details id={`evidence-${one.id}`}>
      <summary>
        Evidence ({countText(facts.length, 'fact')}, {countText(ipns.length, 'notification')})
      </summary>
      {facts.map((fact) => (
        <dl class="facts evidence">
          {Object.entries(fact).map(([name, what]) => (
            <>
              <dt>{printableText(name.replaceAll('_', ' '))}</dt>
              <dd>
                <Said what={what} />
              </dd>
            </>
          ))}
        </dl>
      ))}
      {ipns.length > 0 && <IpnTable ipns={ipns} label={`Notifications of case ${one.id}`} />}
    </details>
  );
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function IpnTable({ ipns, label }: { ipns: readonly ConsoleIpn[]; label: string }): VNode {
  return (
    <TableBox label={label} columns={['Received', 'Payment', 'Said', { number: 'Amount' }, 'Outcome']}>
      {ipns.map((ipn) => (
        <tr>
          <td class="nowrap">
            <Instant iso={ipn.receivedAt} seconds />
            <br />
            <span class="quiet code" title={ipn.id}>
              inbox {ipn.id.slice(0, 8)}…
            </span>
          </td>
          <td class="code">
            <Foreign text={ipn.paymentId} />
          </td>
          <td class="code">
            <Foreign text={ipn.paymentStatus} />
          </td>
          <td class="number">
            <Foreign text={ipn.actuallyPaid} /> {ipn.payCurrency && coinTicker(ipn.payCurrency)}
          </td>
          <td>
            <Foreign text={ipn.outcome} />
          </td>
        </tr>
      ))}
    </TableBox>
  );
}
