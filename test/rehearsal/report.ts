import { cpus, totalmem } from 'node:os';
import type { Rehearsal } from './rehearse.js';

/** The day as a page of docs: what was done, what was found, how long it took on which machine. */
export function reportOf({ orders, isUpgradeOnly, steps, faults }: Rehearsal): string {
  const rows = steps.map(({ what, seconds, found }) => {
    const said = Object.entries(found).map(([name, value]) => `${name} ${value}`);
    return `| ${what} | ${said.join(', ')} | ${seconds} s |`;
  });
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const losses = `The
steps after a loss are those of [the runbook](runbook.md#backup-and-restore). \`lost\` are the orders that were placed between dump and
loss and have coins; \`toldOf\` those whose coins came after the restore, so that an IPN told of them. The others, whose IPNs came before
it, are found in the provider's list: \`quittance reconcile --lost-since\`.`;
  const coins = isUpgradeOnly ? '' : ', and all coins of what the restore lost are cases';
  const end =
    faults.length === 0
      ? `Nothing is held against it: every order that was there is paid once${coins}.`
      : `Held against it:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`;
  return `# Rehearsal

What \`npm run rehearsal -- --orders ${orders} ${isUpgradeOnly ? '--upgrade-only' : '--report docs/rehearsal.md'}\` saw on the real stack
(\`npm run stack\`) on ${machine}. \`openOn\` is how many open orders are with a release. The second release has another workflow
(\`test/rehearsal/next-release.ts\`), so that a task fails whose order began on the other one; \`tasksFailed\` are those, in all histories that
Temporal has in the end. ${isUpgradeOnly ? '' : losses}

| what happened | found | took |
| --- | --- | --- |
${rows.join('\n')}

${end}
`;
}
