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

export function ordersCsv(): Stringifier {
  return csvOf(columns);
}

/** Rows in, CSV text out, quoted so that it is read alike where `,`, `;` or TAB separates; see `guarded`. */
export function csvOf(names: readonly string[]): Stringifier {
  return stringify({
    header: true,
    columns: [...names],
    record_delimiter: 'windows',
    quoted_match: /[\r\n\t;]/,
    cast: { string: guarded },
  });
}

// The last four are the wide forms, which some spreadsheets take for the plain ones.
const formulaStart = /(^|[\r\n\t;])(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/g;
const moreDigitsThanADouble = /^\d{16,}$/;

/**
 * A cell as text that a spreadsheet leaves alone: `'` stands before what it would run as a formula, also where a separator or
 * a break inside the cell would begin another one, and before an id with more digits than it keeps.
 */
function guarded(text: string): string {
  return moreDigitsThanADouble.test(text) ? `'${text}` : text.replace(formulaStart, "$1'");
}
