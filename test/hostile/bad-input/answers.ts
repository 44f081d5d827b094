import type { Row } from './row.js';

const faults = 'test/integration/provider-faults.test.ts';
const mint = 'test/gateway/mint.test.ts';

/** Rows 86 to 90: what the provider answers. */
export const answers: readonly Row[] = [
  {
    row: 86,
    input: 'HTML, nothing, cut JSON, more than 256 KiB',
    shownBy: ['html_502', 'truncated_json', 'oversized'].map((fault) => [
      faults,
      `{ fault: '${fault}', effect: 'after'`,
    ]),
  },
  {
    row: 87,
    input: 'another order; no payment',
    shownBy: [
      [faults, '%s: that address is never shown'],
      [mint, 'whose answer has %s is unusable: unknown, with an alarm'],
    ],
  },
  {
    row: 88,
    input: 'an address of another network, or one that an open order has',
    shownBy: [
      [mint, 'of %s takes the address %s: %s'],
      ['test/integration/mint-given-up.test.ts', 'ends when each answer has the address of another open order'],
    ],
  },
  {
    row: 89,
    input: 'an amount of nothing, of less, of forty decimals',
    shownBy: [
      [mint, "['a negative amount', { pay_amount: -1 }]"],
      [mint, 'keeps forty decimals exactly'],
    ],
  },
  {
    row: 90,
    input: 'finished in the answer to a create',
    shownBy: [[faults, "{ fault: 'finished_at_once', mints: 1 }"]],
  },
];
