import { guideBody } from '../../support/test-app.js';
import { badRequest, checkout, names, type Answer, type Case, type Row } from './row.js';

const jsonTest = 'test/hostile/json.test.ts';
const idempotency = 'test/api/billing/idempotency.test.ts';
const checkoutTest = 'test/api/billing/crypto-checkout.test.ts';

const priced = (written: string) => `{"product":"team_manual","price_cents":${written},"price_currency":"USD"}`;
const price = (written: string): Case => [written, ({ key }) => checkout(key, priced(written)), names('price_cents')];

const keyed = (written: string, answer: Answer): Case => [
  written,
  ({ key }) => checkout(key, {}, [`idempotency-key: ${written}`]),
  answer,
];

/** Rows 23 to 36: the body and the key of a checkout. */
export const checkouts: readonly Row[] = [
  {
    row: 23,
    input: 'JSON that is cut, with a trailing comma, a comment, a second document',
    cases: [priced('4900').slice(0, -1), priced('4900,'), `${priced('4900')}/* x */`, priced('4900').repeat(2)].map(
      (body) => [body, ({ key }) => checkout(key, body), badRequest],
    ),
  },
  {
    row: 24,
    input: 'objects called __proto__ and constructor',
    shownBy: [[jsonTest, 'with an extra %s pollutes nothing']],
  },
  {
    row: 25,
    input: 'JSON nested 10,000 deep',
    cases: [['deep', ({ key }) => checkout(key, `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), badRequest]],
  },
  {
    row: 26,
    input: 'a price that is no whole number',
    cases: ['"4900"', '4900.5', '4900.0', '49e2', 'true', '[4900]', '{}', 'null'].map(price),
  },
  {
    row: 27,
    input: 'a price of nothing, of less, of too much',
    cases: ['0', '-1', '1000001', '9007199254740992', '1e309', '-0'].map(price),
  },
  {
    row: 28,
    input: 'a currency that is none',
    cases: ['usd', 'XXX', 'US', 'USDT', 'U$D', 'ＵＳＤ', ''].map((currency) => [
      currency,
      ({ key }) => checkout(key, { price_currency: currency }),
      names('price_currency'),
    ]),
  },
  {
    row: 29,
    input: 'fields that only an answer has',
    cases: [
      [
        'status, order_id, payment_address',
        ({ key }) => checkout(key, { status: 'paid', order_id: 'ord_000000000000', payment_address: 'TXthief' }),
        {
          status: 201,
          head: /\r\nx-driftstack-unknown-fields: status,order_id,payment_address\r\n/i,
          changes: ['orders', 'order_events', 'payments', 'order_search', 'order_figure_changes'],
        },
      ],
    ],
    shownBy: [[checkoutTest, 'ignores a status and names it back']],
  },
  {
    row: 30,
    input: 'an idempotency key of 256 characters, with a space, a tab, an é, DEL',
    cases: [
      ...['x'.repeat(256), 'inner space', 'a\tb', 'é'].map((written) => keyed(written, names('Idempotency-Key'))),
      keyed('del\u007f', badRequest), // Node takes it for no header at all
    ],
  },
  {
    row: 31,
    input: 'one key twenty times at once, from two processes',
    shownBy: [
      [idempotency, 'sent 20 times at once to two APIs makes one order'],
      ['test/integration/one-key.test.ts', 'three keys, three orders, and every invariant'],
    ],
  },
  {
    row: 32,
    input: 'one key with another body',
    shownBy: [
      [idempotency, 'with another price answers the original, marked'],
      [idempotency, 'with another price in a strict account: 422 that names the order'],
    ],
  },
  {
    row: 33,
    input: 'one key again after its order is paid, failed, cancelled, days old',
    shownBy: [
      [idempotency, 'of a paid order: 201, paid, stub, nulls'],
      [idempotency, 'of a %s order answers that order'],
      [idempotency, 'two days later still answers its order'],
    ],
  },
  {
    row: 34,
    input: 'one order more than an account may have unpaid',
    shownBy: [[checkoutTest, 'refuse the third order at max_pending 2, replay stored keys, and do not use up the key']],
  },
  {
    row: 35,
    input: 'U+0000 or half a character in a text',
    cases: ['a\\u0000b', '\\ud800'].map((written) => [
      written,
      ({ key }) => checkout(key, JSON.stringify(guideBody).replace('}', `,"customer_reference":"${written}"}`)),
      badRequest,
    ]),
  },
  {
    row: 36,
    input: 'bidi marks, terminal codes, formulas and markup in a text',
    shownBy: [
      ['test/api/billing/crypto-orders.test.ts', 'is taken in any state and kept as it is'],
      ['test/web/payment-page.test.ts', 'drops bidi marks and controls from a product'],
      ['test/web/receipt.test.ts', 'keeps a product with line breaks, controls and bidi marks on its one line'],
      ['test/web/orders-csv.test.ts', '=cmd|"/c calc"!A0'],
    ],
  },
];
