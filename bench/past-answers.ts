import type pg from 'pg';
import { createCursors } from '../src/api/http/cursors.js';
import type { Position } from '../src/db/page.js';
import { boundColumns } from '../src/db/secrets/reseal.js';
import { hashPayTarget, payTargetOf, type BoundRow, type Keyring } from '../src/db/secrets/seal.js';

/** Open orders show their address, and one that nobody vouches for is an alarm and a log line. */
export async function vouchForAddresses(client: pg.Client, keyring: Keyring): Promise<void> {
  const open = await client.query<BoundRow>(
    `select ${boundColumns} from orders where status in ('pending', 'confirming', 'partial')`,
  );
  const hashes = open.rows.map((row) => {
    const target = payTargetOf(row);
    return target && hashPayTarget(keyring.current, target);
  });
  await client.query(
    `update orders o set address_sha256 = h.hash from unnest($1::text[], $2::text[]) h (id, hash) where o.id = h.id`,
    [open.rows.map(({ id }) => id), hashes],
  );
}

/** Where the list of everybody's orders has fifty left. */
export async function cursorOfLastPage(client: pg.Client, keyring: Keyring): Promise<string | null> {
  const oldest = await client.query<Position>(
    'select created_at::text as at, id from orders order by created_at limit 1 offset 50',
  );
  return createCursors({ keyring }, 'admin/crypto-orders').seal({ filters: {} }, oldest.rows[0] ?? null);
}
