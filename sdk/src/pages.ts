import { TransportError } from './transport-error.js';

/** Walks pages until the cursor is null or empty. A cursor that comes back would loop for ever, so it throws. */
export async function* walkPages<Page extends { readonly next_cursor: string | null }>(
  first: string | undefined,
  load: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>(first === undefined ? [] : [first]);
  for (let cursor = first; ;) {
    const page = await load(cursor);
    yield page;
    const next = page.next_cursor;
    if (!next) return;
    if (seen.has(next)) throw new TransportError('the server repeated a list cursor');
    seen.add(next);
    cursor = next;
  }
}
