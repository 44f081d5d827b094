import { credentialsPurpose } from './provider-credentials.js';
import type { Database } from '../pool.js';
import { execute, many, selectList } from '../query.js';
import {
  addressIntact,
  hashPayTarget,
  payTargetOf,
  seal,
  sealedWithOldKey,
  secretPurpose,
  unseal,
  type BoundRow,
  type Keyring,
} from './seal.js';

interface SealedColumn {
  readonly table: string;
  readonly column: string;
}

/** Every column that holds seals. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'webhook_endpoints', column: 'secret_sealed' },
  { table: 'webhook_endpoints', column: 'prev_secret_sealed' },
  { table: 'provider_credentials', column: 'api_key_sealed' },
  { table: 'provider_credentials', column: 'ipn_secret_sealed' },
  { table: 'provider_credentials', column: 'email_sealed' },
  { table: 'provider_credentials', column: 'password_sealed' },
];

/** The ids of the master keys that sealed anything that is stored: each of them is still needed. */
export async function sealingKeyIds(db: Database): Promise<string[]> {
  const each = sealedColumns.map(
    ({ table, column }) => `select split_part(${column}, '.', 2) as id from ${table} where ${column} is not null`,
  );
  const rows = await many<{ id: string }>(db, `${each.join(' union ')} order by id`);
  return rows.map((row) => row.id);
}

interface SealedValue {
  readonly id: string;
  readonly sealed: string;
  readonly accountId: string;
  readonly mode: 'live' | 'test';
  readonly keyLabel: string | null;
}

/**
 * Seals again with the current key what an older one sealed; answers how many it changed. A value that somebody changes
 * meanwhile is left as they wrote it. May be ended and run again at any time.
 */
export async function resealAll(db: Database, keyring: Keyring): Promise<number> {
  let changed = 0;
  for (const { table, column } of sealedColumns) {
    for (const value of await valuesOf(db, { table, column })) {
      if (!sealedWithOldKey(keyring, value.sealed)) continue;
      const purpose = table === 'webhook_endpoints' ? secretPurpose(value.id) : credentialsPurpose(value);
      const again = seal(keyring, purpose, unseal(keyring, purpose, value.sealed));
      const sql = `update ${table} set ${column} = $3 where id = $1 and ${column} = $2`;
      changed += await execute(db, sql, [value.id, value.sealed, again]);
    }
  }
  return changed;
}

function valuesOf(db: Database, { table, column }: SealedColumn): Promise<SealedValue[]> {
  const label = table === 'provider_credentials' ? 'key_label' : 'null';
  return many<SealedValue>(
    db,
    `select id, ${column} as sealed, account_id as "accountId", mode, ${label} as "keyLabel"
     from ${table} where ${column} is not null order by id`,
  );
}

export interface RehashedPage {
  readonly last: string | null; // null: this was the last page
  readonly changed: number;
  readonly broken: readonly string[]; // orders whose address no known key vouches for
}

export const boundColumns = selectList<BoundRow>({
  id: 'id',
  payCurrency: 'pay_currency',
  network: 'network',
  payAddress: 'pay_address',
  payExtraId: 'pay_extra_id',
  payAmountText: 'pay_amount_text',
  addressSha256: 'address_sha256',
});

/** Vouches with the current key for the addresses that an older one vouches for, a page of orders at a time. */
export async function rehashAddresses(db: Database, keyring: Keyring, after: string | null): Promise<RehashedPage> {
  const limit = 500;
  const rows = await many<BoundRow>(
    db,
    `select ${boundColumns} from orders
     where pay_address is not null and ($1::text is null or id > $1) order by id limit $2`,
    [after, limit],
  );
  const stale: { id: string; from: string | null; to: string }[] = [];
  const broken: string[] = [];
  for (const row of rows) {
    const target = payTargetOf(row);
    const hash = target && hashPayTarget(keyring.current, target);
    if (hash === row.addressSha256) continue;
    if (hash && addressIntact(keyring, row)) stale.push({ id: row.id, from: row.addressSha256, to: hash });
    else broken.push(row.id);
  }
  const changed = await execute(
    db,
    `update orders o set address_sha256 = s."to"
     from jsonb_to_recordset($1::jsonb) as s(id text, "from" text, "to" text)
     where o.id = s.id and o.address_sha256 = s."from"`,
    [JSON.stringify(stale)],
  );
  return { last: rows.length < limit ? null : (rows.at(-1)?.id ?? null), changed, broken };
}
