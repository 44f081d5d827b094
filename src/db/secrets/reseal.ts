import { answerPurpose } from '../idempotent-calls.js';
import { approvalPurpose } from '../support/approvals.js';
import { totpPurpose } from '../support/second-factors.js';
import { installationKeyPurpose } from './installation-keys.js';
import { credentialsPurpose, type CredentialColumn } from './provider-credentials.js';
import type { Database } from '../pool.js';
import { execute, many, selectList } from '../query.js';
import {
  addressIntact,
  hashPayTarget,
  payTargetOf,
  seal,
  isFormerSeal,
  isSealOutdated,
  secretPurpose,
  unseal,
  unsealFormer,
  type BoundRow,
  type Keyring,
  type SecretColumn,
} from './seal.js';

interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** What a value of the column is sealed for. */
  readonly purpose: (value: SealedValue) => string;
  /** What it was sealed for before seals were bound to their column; null: it never was. */
  readonly former: ((value: SealedValue) => string) | null;
}

const endpoint = (column: SecretColumn): SealedColumn => ({
  table: 'webhook_endpoints',
  column,
  purpose: ({ id }) => secretPurpose(id, column),
  former: ({ id }) => `webhook-secret/${id}`,
});
const credential = (column: CredentialColumn): SealedColumn => ({
  table: 'provider_credentials',
  column,
  purpose: (value) => credentialsPurpose(value, column),
  former: ({ accountId, mode }) => `provider-credentials/${accountId}/${mode}`,
});

/** Every column that holds seals. */
export const sealedColumns: readonly SealedColumn[] = [
  endpoint('secret_sealed'),
  endpoint('prev_secret_sealed'),
  credential('api_key_sealed'),
  credential('ipn_secret_sealed'),
  credential('email_sealed'),
  credential('password_sealed'),
  {
    table: 'installation_keys',
    column: 'key_sealed',
    purpose: ({ id }) => installationKeyPurpose(id),
    former: null,
  },
  { table: 'operators', column: 'totp_sealed', purpose: ({ id }) => totpPurpose(id), former: null },
  { table: 'approvals', column: 'sealed', purpose: ({ id }) => approvalPurpose(id), former: null },
  { table: 'idempotent_calls', column: 'answer_sealed', purpose: ({ id }) => answerPurpose(id), former: null },
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
  readonly keyLabel: string;
}

interface Sealed extends Pick<SealedColumn, 'purpose' | 'former'> {
  readonly value: SealedValue;
}

function opened(keyring: Keyring, { value, purpose, former }: Sealed): string {
  if (!isFormerSeal(value.sealed) || former === null) return unseal(keyring, purpose(value), value.sealed);
  return unsealFormer(keyring, former(value), value.sealed);
}

/**
 * Seals again with the current key, for its own column, what was sealed otherwise; answers how many it changed. A value that somebody changes
 * meanwhile is left as they wrote it. May be ended and run again at any time.
 */
export async function resealAll(db: Database, keyring: Keyring): Promise<number> {
  let changed = 0;
  for (const { table, column, purpose, former } of sealedColumns) {
    for (const value of await valuesOf(db, { table, column })) {
      if (!isSealOutdated(keyring, value.sealed)) continue;
      const again = seal(keyring, purpose(value), opened(keyring, { value, purpose, former }));
      const sql = `update ${table} set ${column} = $3 where id = $1 and ${column} = $2`;
      changed += await execute(db, sql, [value.id, value.sealed, again]);
    }
  }
  return changed;
}

const rowNames: Readonly<Record<string, string>> = {
  webhook_endpoints: `id, account_id as "accountId", mode`,
  provider_credentials: `id, account_id as "accountId", mode, key_label as "keyLabel"`,
  installation_keys: 'id',
  operators: 'id',
  approvals: 'id',
  idempotent_calls: 'id',
};

function valuesOf(db: Database, { table, column }: Pick<SealedColumn, 'table' | 'column'>): Promise<SealedValue[]> {
  return many<SealedValue>(
    db,
    `select ${rowNames[table]}, ${column} as sealed from ${table} where ${column} is not null order by id`,
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
