import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  allowedEvents,
  decide,
  isClosed,
  orderEvents,
  orderStatuses,
  type OrderEvent,
  type OrderStatus,
} from '../src/domain/order.js';

const target = new URL('../docs/order-states.md', import.meta.url);

/** docs/order-states.md, made from the table that decides. */
export function orderStatesPage(): string {
  return `# Order states

Printed from \`src/domain/order.ts\` by \`npx tsx scripts/print-order-states.ts\`; a test compares the two. Change the
table, then print again.

\`\`\`mermaid
stateDiagram-v2
  [*] --> pending
${arrows().join('\n')}
\`\`\`

The diagram shows the moves. The table below shows every pair: a status in capitals is a move; "stays" takes note of the
event and changes nothing; "–" is refused.

${table().join('\n')}

- **case**: a support case is opened, because money or a word of the provider does not fit.
- **late**: money for an order that no longer waits for it. Only support can honour it, through the case.
- **withdraws**: the entitlement is taken back.
`;
}

function arrows(): string[] {
  const moves = orderStatuses.flatMap((from) => {
    const byTarget = new Map<OrderStatus, OrderEvent[]>();
    for (const event of allowedEvents(from)) {
      const decision = decide(from, event);
      if (decision.kind === 'moved') byTarget.set(decision.to, [...(byTarget.get(decision.to) ?? []), event]);
    }
    return [...byTarget].map(([to, events]) => `  ${from} --> ${to}: ${events.join(', ')}`);
  });
  return [...moves, ...orderStatuses.filter(isClosed).map((status) => `  ${status} --> [*]`)];
}

function table(): string[] {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['event', ...orderStatuses]),
    row(['event', ...orderStatuses].map(() => '---')),
    ...orderEvents.map((event) => row([`\`${event}\``, ...orderStatuses.map((status) => cell(status, event))])),
  ];
}

function cell(status: OrderStatus, event: OrderEvent): string {
  const decision = decide(status, event);
  if (decision.kind === 'refused') return '–';
  const outcome = decision.kind === 'moved' ? decision.to.toUpperCase() : 'stays';
  const { opens, late, withdraws } = decision.move;
  return [outcome, opens, late && 'late', withdraws && 'withdraws'].filter(Boolean).join(', ');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, orderStatesPage());
