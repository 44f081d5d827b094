import type { VNode } from 'preact';
import { consolePage, Empty, Foreign, NextPage, personText, Said, type ConsoleContext } from './console-frame.js';
import { TableBox } from './table-box.js';
import { Instant } from '../instant.js';
import { printableText } from '../printable-text.js';

export interface ConsoleAuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly orderId: string | null;
  readonly subject: string | null;
  readonly reason: string | null;
  readonly before: object | null;
  readonly after: object | null;
  readonly result: string;
}

export interface ConsoleAuditFilters {
  readonly action: string;
  readonly actor: string;
  readonly order_id: string;
}

export interface ConsoleAuditView {
  readonly context: ConsoleContext;
  readonly filters: ConsoleAuditFilters;
  readonly entries: readonly ConsoleAuditEntry[];
  readonly nextCursor: string | null;
}

export function consoleAuditPage({ context, filters, entries, nextCursor }: ConsoleAuditView): string {
  return consolePage({
    context,
    section: 'Audit',
    title: 'Audit',
    children: (
      <>
        <h1>Audit</h1>
        <form class="filters" method="get" action="/console/audit" role="search">
          <label>
            Action
            <input name="action" value={filters.action} maxLength={64} placeholder="support_case.honoured" />
          </label>
          <label>
            Actor
            <input name="actor" value={filters.actor} maxLength={64} />
          </label>
          <label>
            Order
            <input name="order_id" value={filters.order_id} maxLength={32} placeholder="ord_…" />
          </label>
          <button>Filter</button>
          <a href="/console/audit">Reset</a>
        </form>
        {entries.length === 0 ? <Empty>No entry matches.</Empty> : <Entries entries={entries} />}
        <NextPage path="/console/audit" query={{ ...filters, cursor: nextCursor }} />
      </>
    ),
  });
}

function Entries({ entries }: { entries: readonly ConsoleAuditEntry[] }): VNode {
  return (
    <TableBox label="Audit entries" columns={['When', 'Who', 'What', 'Reason', 'Change']}>
      {entries.map((entry) => (
        <tr>
          <td class="nowrap">
            <Instant iso={entry.at} seconds />
          </td>
          <td class="cut actor" title={printableText(entry.actor)}>
            <Foreign text={personText(entry.actor)} />
          </td>
          <td>
            <span class="code">{entry.action}</span>
            {entry.result !== 'ok' && (
              <span class="badge">
                <Foreign text={entry.result} />
              </span>
            )}
            <br />
            <span class="quiet code">
              <Subject entry={entry} />
            </span>
          </td>
          <td>
            <Foreign text={entry.reason} />
          </td>
          <td class="change">
            <Changes before={entry.before} after={entry.after} />
          </td>
        </tr>
      ))}
    </TableBox>
  );
}

function Subject({ entry }: { entry: ConsoleAuditEntry }): VNode {
  const { orderId, subject } = entry;
  return orderId ? <a href={`/console/orders/${orderId}`}>{orderId}</a> : <Foreign text={subject} />;
}

/** What differs, line by line: `status: partial → paid`. */
function Changes({ before, after }: Pick<ConsoleAuditEntry, 'before' | 'after'>): VNode {
  const old = new Map(Object.entries(before ?? {}));
  const now = new Map(Object.entries(after ?? {}));
  const names = [...new Set([...old.keys(), ...now.keys()])];
  const changed = names.filter((name) => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)));
  if (changed.length === 0) return <span class="quiet">none</span>;
  return (
    <ul>
      {changed.map((name) => (
        <li>
          <span class="quiet">{printableText(name.replaceAll('_', ' '))}:</span>{' '}
          {before !== null && old.has(name) && (
            <>
              <Said what={old.get(name)} /> <span class="quiet">→</span>{' '}
            </>
          )}
          {after !== null && now.has(name) ? <Said what={now.get(name)} /> : <span class="quiet">gone</span>}
        </li>
      ))}
    </ul>
  );
}
