/** What became of the money or of what was promised, in the words of the goals. */
export type Harm = 'lost' | 'doubled' | 'wrong' | 'stuck' | 'other';

/** Something that should not be: which invariant says so, and of which order. */
export interface Finding {
  readonly invariant: string;
  readonly harm: Harm;
  readonly orderId: string | null; // null: of no order
  readonly accountId?: string | null; // where no order tells whose it is
  readonly detail: string;
}

export function grouped<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
