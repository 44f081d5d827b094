import type { ComponentChildren, VNode } from 'preact';

interface TableProps {
  readonly label: string;
  /** The heads; false: not for whoever looks. */
  readonly columns: readonly (string | { readonly number: string } | false)[];
  readonly children: ComponentChildren; // the rows
}

/** A table that scrolls in its own box, by the keyboard too. */
export function TableBox({ label, columns, children }: TableProps): VNode {
  return (
    <div class="table-box" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>{columns.map((column) => column !== false && <ColumnHead column={column} />)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function ColumnHead({ column }: { column: string | { readonly number: string } }): VNode {
  if (typeof column === 'string') return <th scope="col">{column}</th>;
  return (
    <th scope="col" class="number">
      {column.number}
    </th>
  );
}
