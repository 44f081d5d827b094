import { stringify, type Stringifier } from 'csv-stringify';

const columns = [
  'order_id',
  'account_id',
  'product',
  'price_cents',
  'price_currency',
  'status',
  'payment_id',
  'customer_note',
  'internal_note',
  'created_at',
  'updated_at',
] as const;

/** One line of the export, under the names of its header. */
export type OrderCsvRow = Readonly<Record<(typeof columns)[number], string | number | null>>;

/** Rows in, CSV text out. Cells that a spreadsheet would run as a formula get a leading `'`. */
export function ordersCsv(): Stringifier {
  return stringify({ header: true, columns: [...columns], record_delimiter: 'windows', escape_formulas: true });
}
