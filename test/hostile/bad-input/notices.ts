import { json, refused, request, type Answer, type Row } from './row.js';
import { signed, type World } from './world.js';

const door = 'POST /v1/webhooks/nowpayments';
const doorTest = 'test/api/webhooks/nowpayments.test.ts';
const words = 'test/gateway/ipn-content.test.ts';
const stories = 'test/integration/order-stories.test.ts';
const judgement = 'test/domain/payment.test.ts';
const outages = 'test/integration/outages.test.ts';

const unauthorized = refused(401, 'unauthorized');
const unreadable: Answer = { status: 400, slug: 'bad-request', changes: ['provider_events'] }; // kept for a person
const stored: Answer = { status: 200, changes: ['provider_events'] };

const notice = ({ order, payment }: World, over: object = {}): string =>
  JSON.stringify({ actually_paid: 49.1, order_id: order, payment_id: payment, payment_status: 'waiting', ...over });
const send = (text: string, signature: string | null) =>
  request(door, [json, ...(signature === null ? [] : [`x-nowpayments-sig: ${signature}`])], text);
const authentic = (text: string) => send(text, signed(text));
const lastBit = (text: string) => text.slice(0, -1) + (Number.parseInt(text.slice(-1), 16) ^ 1).toString(16);

/** Rows 37 to 58: what the provider's door is told. */
export const notices: readonly Row[] = [
  {
    row: 37,
    input: 'no signature; no body; no secret here',
    cases: [
      ['no signature', (w) => send(notice(w), null), unauthorized],
      ['no body', () => send('', signed('')), refused(400, 'bad-request')],
      ['no secret', (w) => request(`${door}/nobody`, [json], notice(w)), refused(404, 'not-found')],
    ],
  },
  {
    row: 38,
    input: 'a signature that is none',
    cases: ['0'.repeat(128), '0'.repeat(127), '0'.repeat(129), `${'0'.repeat(126)}zz`].map((signature) => [
      `${signature.length} characters, ${signature.slice(-2)}`,
      (w) => send(notice(w), signature),
      unauthorized,
    ]),
  },
  {
    row: 39,
    input: 'the signature of another body; one bit of it flipped',
    cases: [
      ['another', (w) => send(notice(w, { payment_status: 'finished' }), signed(notice(w))), unauthorized],
      ['a bit', (w) => send(notice(w), lastBit(signed(notice(w)))), unauthorized],
    ],
  },
  {
    row: 40,
    input: 'signed with an empty key, with the word undefined, by a stranger',
    cases: ['', 'undefined', 'null', 'another secret'].map((secret) => [
      JSON.stringify(secret),
      (w) => send(notice(w), signed(notice(w), secret)),
      unauthorized,
    ]),
  },
  {
    row: 41,
    input: 'signed with the secret of before',
    shownBy: [
      [doorTest, 'signed with the previous secret, in capitals: 200'],
      ['test/gateway/ipn.test.ts', 'takes the current and the previous secret, and no third'],
    ],
  },
  {
    row: 42,
    input: 'keys in another order, further down and in arrays too',
    shownBy: [
      [doorTest, 'with shuffled keys and 100.0 in it: 200, the figure as sent'],
      ['test/gateway/ipn.test.ts', 'arrays may be signed as arrays'],
    ],
  },
  { row: 43, input: 'amounts in odd spellings', shownBy: [[words, 'keeps the amount %s as text']] },
  {
    row: 44,
    input: 'no status; one that nobody knows',
    cases: [
      ['none', (w) => authentic(notice(w, { payment_status: undefined })), unreadable],
      ['FINISHED', (w) => authentic(notice(w, { payment_status: 'FINISHED' })), stored],
      ['hovering', (w) => authentic(notice(w, { payment_status: 'hovering' })), stored],
    ],
  },
  {
    row: 45,
    input: 'an order that nobody knows',
    cases: [
      ['ord_000000000000', (w) => authentic(notice(w, { order_id: 'ord_000000000000', actually_paid: 0 })), stored],
    ],
    shownBy: [[doorTest, 'of an unknown order: 200, order_state null, stored']],
  },
  {
    row: 46,
    input: 'a payment that is not the bound one',
    shownBy: [['test/domain/meaning.test.ts', 'a payment that names the order and is no deposit of it']],
  },
  {
    row: 47,
    input: 'another coin, or the same on another network',
    shownBy: [
      [judgement, '%s: wrong_asset with an alarm'],
      [stories, "scenario: 'wrong_asset', status: 'partial', cases: ['wrong_asset']"],
    ],
  },
  {
    row: 48,
    input: 'finished with less, enough, more',
    shownBy: [[judgement, 'the amount that arrived, for a finished payment']],
  },
  {
    row: 49,
    input: 'an amount that is none; no amount; one of forty digits',
    cases: [
      ...['-1', '"NaN"', '1e400', '""'].map(
        (amount) =>
          [
            amount,
            (w: World) => authentic(notice(w).replace('49.1', amount).replace('"waiting"', '"finished"')),
            unreadable,
          ] as const,
      ),
      ...['null', '1'.repeat(40)].map(
        (amount) => [amount, (w: World) => authentic(notice(w).replace('49.1', amount)), stored] as const,
      ),
    ],
    shownBy: [[words, 'with the amount %s is taken: the read decides']],
  },
  {
    row: 50,
    input: 'finished, without amounts',
    shownBy: [
      [judgement, '%s: no grant, a mismatch'],
      [words, 'that passes only as form B says less'],
    ],
  },
  {
    row: 51,
    input: 'confirming, confirmed, sending, partially_paid, and no more',
    shownBy: [
      [judgement, 'never grants, even with %s of 100'],
      [
        'test/integration/without-a-read.test.ts',
        'alone, while the provider cannot be asked, shows money on its way and never pays',
      ],
    ],
  },
  {
    row: 52,
    input: 'finished, fifty times at once',
    shownBy: [
      [doorTest, 'repeated 50 times at once is one row and 50 times 200'],
      [stories, "scenario: 'ipn_storm', with: { n: 50 }, status: 'paid'"],
    ],
  },
  {
    row: 53,
    input: 'finished, then confirming, failed, expired',
    shownBy: [[stories, "scenario: 'out_of_order', status: 'paid'"]],
  },
  {
    row: 54,
    input: 'finished after the end of the window',
    shownBy: [
      [
        'test/integration/expiry-and-late.test.ts',
        'fails an unpaid order as expired, and late coins open a case in a second run',
      ],
    ],
  },
  {
    row: 55,
    input: 'finished beside a cancellation and the end of the window',
    shownBy: [['test/integration/order-races.test.ts', 'end every order in one way, by a legal path']],
  },
  {
    row: 56,
    input: 'finished, of a child',
    shownBy: [
      ['test/domain/deposits.test.ts', 'a finished re-deposit alone never grants by its own word'],
      [stories, "scenario: 'partial_then_topup', status: 'paid', cases: []"],
    ],
  },
  {
    row: 57,
    input: 'while PostgreSQL is away',
    shownBy: [[outages, 'nothing is acknowledged that is not stored: 503 and Retry-After']],
  },
  {
    row: 58,
    input: 'while Temporal is away',
    shownBy: [[outages, 'IPNs are acknowledged and checkouts stored; all of it happens afterwards']],
  },
];
