import { badRequest, get, listPath, names, refused, type Row } from './row.js';

const list = 'test/api/billing/order-list.test.ts';
const receipts = 'test/api/billing/crypto-order-receipts.test.ts';
const search = 'test/api/admin/crypto-orders.test.ts';

/** Rows 74 to 85: reading, filters, documents. */
export const lists: readonly Row[] = [
  {
    row: 74,
    input: 'somebody else’s order on every route',
    cases: [['read', ({ key }) => get(key, `${listPath}/ord_000000000000`), refused(404, 'not-found')]],
    shownBy: [['test/api/matrix.test.ts', 'is not there: the same 404 as for what never was']],
  },
  {
    row: 75,
    input: 'a limit that is none',
    cases: ['0', '101', '-1', '1e2', '0x10', '', '9'.repeat(30)].map((limit) => [
      limit,
      ({ key }) => get(key, `${listPath}?limit=${limit}`),
      names('limit'),
    ]),
  },
  {
    row: 76,
    input: 'instants without a zone, of no calendar, end before beginning, nothing between',
    cases: [
      ...(
        [
          ['created_after=2026-11-24T00:00:00', 'created_after'],
          ['created_after=2026-13-01T00:00:00Z', 'created_after'],
          ['created_after=2026-02-30T00:00:00Z', 'created_after'],
          ['created_after=now()', 'created_after'],
          ['updated_after=yesterday', 'updated_after'],
          ['created_after=2026-11-24T00:00:00Z&created_before=2026-11-23T00:00:00Z', 'created_before'],
          ['created_after=2026-11-24T00:00:00Z&created_before=2026-11-24T00:00:00Z', 'created_before'],
        ] as const
      ).map(
        ([query, field]) => [query, (w: { key: string }) => get(w.key, `${listPath}?${query}`), names(field)] as const,
      ),
    ],
  },
  {
    row: 77,
    input: 'a cursor that is garbage, or of 600 characters',
    cases: ['garbage', '%25', '', 'x'.repeat(600)].map((cursor) => [
      cursor.slice(0, 10),
      ({ key }) => get(key, `${listPath}?cursor=${cursor}`),
      { status: 400 },
    ]),
    shownBy: [[list, 'that is garbage, edited, foreign or of other filters: 400 naming cursor']],
  },
  {
    row: 78,
    input: 'the cursor of another account',
    cases: [['its own limit', ({ key, cursor }) => get(key, `${listPath}?limit=1&cursor=${cursor}`), badRequest]],
  },
  {
    row: 79,
    input: 'a walk while others write',
    shownBy: [[list, 'of 12 orders, 5 at a time: 5, 5, 2, null; none twice, also during writes']],
  },
  {
    row: 80,
    input: 'a cancellation of an order that is on its way or over',
    shownBy: [['test/api/billing/crypto-orders.test.ts', 'a %s order: 409 with the state']],
  },
  {
    row: 81,
    input: 'a receipt before the order is paid',
    cases: ['receipt', 'receipt.txt', 'receipt.pdf'].map((form) => [
      form,
      ({ key, order }) => get(key, `${listPath}/${order}/${form}`),
      refused(409, 'conflict'),
    ]),
  },
  {
    row: 82,
    input: 'a receipt after anything else has changed',
    shownBy: [
      [receipts, '%s is the same on every fetch'],
      [receipts, 'that was rendered once is served as it was, whatever would be rendered now'],
    ],
  },
  {
    row: 83,
    input: 'a search for %, _ and backslash',
    cases: [
      [
        '201 characters',
        ({ adminKey }) => get(adminKey, `/v1/admin/crypto-orders?search=${'%25'.repeat(201)}`),
        names('search'),
      ],
    ],
    shownBy: [[search, 'is no pattern: percent, underscore, backslash and quotes stand for themselves']],
  },
  { row: 84, input: 'formulas in a CSV', shownBy: [['test/web/orders-csv.test.ts', "'=1+1', '+1', '-1', '@x'"]] },
  {
    row: 85,
    input: 'PDF’s own words in the text of a PDF',
    shownBy: [['test/web/receipt.test.ts', "')', '\\\\', '(', '((', '%%EOF', 'endobj'"]],
  },
];
