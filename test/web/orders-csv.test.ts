import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { ordersCsv, type OrderCsvRow } from '../../src/web/orders-csv.js';

const header =
  'order_id,account_id,product,price_cents,price_currency,status,payment_id,customer_note,internal_note,created_at,updated_at\r\n';

const row: OrderCsvRow = {
  order_id: 'ord_0123456789ab',
  account_id: 'acc_11111111-1111-4111-8111-111111111111',
  product: 'team_manual',
  price_cents: 24900,
  price_currency: 'USD',
  status: 'paid',
  payment_id: '5745459419',
  customer_note: null,
  internal_note: null,
  created_at: '2026-11-24T19:21:02.001Z',
  updated_at: '2026-11-24T19:40:12.345Z',
};

async function csvOf(rows: OrderCsvRow[]): Promise<string> {
  const csv = ordersCsv();
  for (const each of rows) csv.write(each);
  csv.end();
  return (await csv.toArray()).map(String).join('');
}

describe('orders as CSV', () => {
  it('is a header and lines that end in CRLF, without a BOM', async () => {
    expect(await csvOf([row])).toBe(
      `${header}ord_0123456789ab,acc_11111111-1111-4111-8111-111111111111,team_manual,24900,USD,paid,5745459419,,,` +
        '2026-11-24T19:21:02.001Z,2026-11-24T19:40:12.345Z\r\n',
    );
  });

  it('is the header alone when there are no orders', async () => {
    expect(await csvOf([])).toBe(header);
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '＝1+1', '＋1', '－1', '＠x', '=cmd|"/c calc"!A0'])(
    'puts an apostrophe before the formula %j',
    async (note) => {
      const [parsed] = parse(await csvOf([{ ...row, customer_note: note, internal_note: note }]), { columns: true });
      expect(parsed).toMatchObject({ customer_note: `'${note}`, internal_note: `'${note}` });
    },
  );

  it('keeps commas, quotes and line breaks inside their cell', async () => {
    const note = 'one, "two"\r\nthree\nfour';
    const csv = await csvOf([{ ...row, customer_note: note }]);
    expect(csv).toContain('"one, ""two""\r\nthree\nfour"');
    expect(parse(csv, { columns: true })).toMatchObject([{ customer_note: note }]);
  });
});
