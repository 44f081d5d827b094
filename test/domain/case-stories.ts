import type { PaymentView } from '../../src/domain/payments/payment-view.js';
import { bound, coins, paymentId, redeposit } from '../support/a-payment.js';

/** What the provider shows when one IPN rings: its own payment, then the others of the order. */
export type Shown = readonly PaymentView[] | { readonly stranger: PaymentView } | 'cancelled' | 'a day';

export interface Story {
  readonly name: string;
  readonly ipns: readonly Shown[];
  readonly status: string;
  readonly cases: readonly string[]; // of the open ones: kind, payment and amount
  readonly spread?: readonly string[]; // of each payment: applied, excess, unapplied
  readonly isWithdrawn?: boolean;
}

const ways = ['waiting', 'confirming', 'confirmed', 'sending'];
export const paying = (amount: string, end: string) =>
  [...ways, end].map((word) => [bound(word, word === 'waiting' ? '0' : amount)]);
/** The same beside a payment that has its last word: what comes as a re-deposit. */
export const again = (own: PaymentView, amount: string, end: string, over: Partial<PaymentView> = {}) =>
  [...ways, end].map((word) => [own, redeposit(word, word === 'waiting' ? '0' : amount, over)]);
export const paid = bound('finished', '100');
const half = bound('partially_paid', '60');
const stray = (word: string) => ({ stranger: bound(word, '7', { paymentId: paymentId('9000') }) });
const dear = { priceAmount: coins('48') };

export const stories: Story[] = [
  { name: 'paid', ipns: paying('100', 'finished'), status: 'paid', cases: [], spread: ['100 0 0'] },
  {
    name: 'paid with a little more',
    ipns: paying('100.9', 'finished'),
    status: 'paid',
    cases: [],
    spread: ['100 0.9 0'],
  },
  { name: 'underpaid', ipns: paying('60', 'partially_paid'), status: 'partial', cases: ['underpaid 5000 60'] },
  {
    name: 'overpaid',
    ipns: paying('150', 'finished'),
    status: 'paid',
    cases: ['overpaid 5000 150'],
    spread: ['100 50 0'],
  },
  {
    name: 'forced to finished while short',
    ipns: [...paying('60', 'partially_paid'), [bound('finished', '60')]],
    status: 'partial',
    cases: ['underpaid 5000 60'],
  },
  {
    name: 'underpaid, topped up',
    ipns: [...paying('60', 'partially_paid'), ...again(half, '40', 'finished')],
    status: 'paid',
    cases: [],
    spread: ['60 0 0', '40 0 0'],
  },
  {
    name: 'underpaid, topped up by too much',
    ipns: [...paying('60', 'partially_paid'), ...again(half, '90', 'finished')],
    status: 'paid',
    cases: ['overpaid 5001 90'],
    spread: ['60 0 0', '40 50 0'],
  },
  {
    name: 'paid twice',
    ipns: [...paying('100', 'finished'), ...again(paid, '100', 'finished')],
    status: 'paid',
    cases: ['second_payment 5001 100'],
    spread: ['100 0 0', '0 0 100'],
  },
  {
    name: 'another coin under the same payment',
    ipns: [...ways, 'finished'].map((word) => [bound(word, word === 'waiting' ? '0' : '3', { payCurrency: 'btc' })]),
    status: 'partial',
    cases: ['wrong_asset 5000 3'],
  },
  {
    name: 'another coin by the word alone, then finished all the same',
    ipns: [...paying('100', 'wrong_asset_confirmed'), [bound('wrong_asset_confirmed', '100')]],
    status: 'partial',
    cases: ['wrong_asset 5000 100'],
  },
  {
    name: 'paid, then another coin',
    ipns: [...paying('100', 'finished'), ...again(paid, '3', 'finished', { payCurrency: 'btc' })],
    status: 'paid',
    cases: ['second_payment 5001 3'],
  },
  {
    name: 'finished without a sum',
    ipns: [[bound('waiting')], [bound('finished', '0')]],
    status: 'confirming',
    cases: ['amount_mismatch 5000 0'],
  },
  {
    name: 'a word nobody knows, with coins',
    ipns: [[bound('waiting')], [bound('hovering', '100')], [bound('hovering', '100')]],
    status: 'confirming',
    cases: ['amount_mismatch 5000 100'],
  },
  {
    name: 'another price, and a day later still confirming',
    ipns: [...ways, 'sending']
      .map((word): Shown => [bound(word, word === 'waiting' ? '0' : '100', dear)])
      .concat('a day'),
    status: 'confirming',
    cases: ['amount_mismatch 5000 100'],
  },
  {
    name: 'paid, then refunded',
    ipns: [...paying('100', 'finished'), [bound('refunded', '100')]],
    status: 'paid',
    cases: ['refunded 5000 100'],
    spread: ['0 0 100'],
    isWithdrawn: true,
  },
  {
    name: 'paid, then refunded under another price',
    ipns: [...paying('100', 'finished'), [bound('refunded', '100', dear)]],
    status: 'paid',
    cases: ['refunded 5000 100'],
    isWithdrawn: true,
  },
  {
    name: 'paid twice, the second refunded',
    ipns: [...paying('100', 'finished'), ...again(paid, '100', 'finished'), [paid, redeposit('refunded', '100')]],
    status: 'paid',
    cases: ['refunded 5001 100'],
    spread: ['100 0 0', '0 0 100'],
    isWithdrawn: false,
  },
  {
    name: 'paid twice, the first refunded: the second pays',
    ipns: [
      ...paying('100', 'finished'),
      ...again(paid, '100', 'finished'),
      [bound('refunded', '100'), redeposit('finished', '100')],
    ],
    status: 'paid',
    cases: ['refunded 5000 100'],
    spread: ['0 0 100', '100 0 0'],
    isWithdrawn: false,
  },
  {
    name: 'paid, refunded, paid again',
    ipns: [
      ...paying('100', 'finished'),
      [bound('refunded', '100')],
      ...again(bound('refunded', '100'), '100', 'finished'),
    ],
    status: 'paid',
    cases: ['refunded 5000 100'],
    spread: ['0 0 100', '100 0 0'],
    isWithdrawn: false,
  },
  {
    name: 'paid, then in one reading the refund and a deposit that is too little',
    ipns: [...paying('100', 'finished'), [bound('refunded', '100'), redeposit('finished', '30')]],
    status: 'paid',
    cases: ['refunded 5000 100', 'second_payment 5001 30'],
    isWithdrawn: true,
  },
  {
    name: 'underpaid, the top-up refunded',
    ipns: [...paying('60', 'partially_paid'), ...again(half, '20', 'finished'), [half, redeposit('refunded', '20')]],
    status: 'partial',
    cases: ['refunded 5001 20', 'underpaid 5000 60'],
    spread: ['0 0 60', '0 0 20'],
  },
  {
    name: 'refunded before it paid, then paid again',
    ipns: [[bound('refunded', '100')], ...again(bound('refunded', '100'), '100', 'finished')],
    status: 'failed',
    cases: ['late_payment 5001 100', 'refunded 5000 100'],
  },
  {
    name: 'cancelled, then paid',
    ipns: ['cancelled', ...paying('100', 'finished')],
    status: 'cancelled',
    cases: ['late_payment 5000 100'],
  },
  {
    name: 'cancelled, paid and refunded',
    ipns: ['cancelled', ...paying('100', 'finished'), [bound('refunded', '100')]],
    status: 'cancelled',
    cases: ['refunded 5000 100'],
  },
  { name: 'a crumb', ipns: paying('1', 'failed'), status: 'failed', cases: ['underpaid 5000 1'] },
  {
    name: 'a crumb, and later the rest',
    ipns: [...paying('1', 'failed'), ...again(bound('failed', '1'), '100', 'finished')],
    status: 'failed',
    cases: ['late_payment 5001 100', 'underpaid 5000 1'],
  },
  {
    name: 'a payment that was never bound, on a paid order',
    ipns: [...paying('100', 'finished'), stray('confirming'), stray('finished'), stray('finished')],
    status: 'paid',
    cases: ['second_payment 9000 7'],
  },
  {
    name: 'a payment that was never bound, then its refund',
    ipns: [stray('confirming'), stray('finished'), stray('refunded'), stray('finished')],
    status: 'pending',
    cases: ['refunded 9000 7'],
  },
  {
    name: 'a payment that was never bound, and the order cancelled',
    ipns: [stray('confirming'), 'cancelled', stray('finished'), stray('finished')],
    status: 'cancelled',
    cases: ['orphan_payment 9000 7'],
  },
];
