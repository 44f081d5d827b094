/** Where a page ended: what its list is sorted by, as text, and the id of its last row. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: Position | null; // null: the last page
}

/** A page, out of one row more than it holds: the row too many says that another page follows. */
export function pageOf<Row extends { readonly id: string }>(
  found: readonly Row[],
  limit: number,
  at: (row: Row) => string,
): Page<Row> {
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, next: last ? { at: at(last), id: last.id } : null };
}
