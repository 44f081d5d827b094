import type { AccountSettings } from '../../domain/account.js';
import type { OperatorRole } from '../../domain/access/operator.js';
import type { AccountId, Mode } from '../../domain/ids.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

export interface ApiKeyRow {
  readonly id: string;
  readonly accountId: AccountId | null; // null: an operator's key
  readonly mode: Mode;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly name: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly createdAt: string;
  readonly operator: string | null; // the name of the person whose key it is; null: nobody's
}

export const apiKeyColumns = selectList<ApiKeyRow>({
  id: 'k.id',
  accountId: 'k.account_id',
  mode: 'k.mode',
  prefix: 'k.prefix',
  scopes: 'k.scopes',
  name: 'k.name',
  expiresAt: 'k.expires_at',
  revokedAt: 'k.revoked_at',
  lastUsedAt: 'k.last_used_at',
  createdAt: 'k.created_at',
  operator: '(select o.name from operators o where o.id = k.operator_id)',
});

export interface KeyOfCaller extends ApiKeyRow {
  readonly sha256: Buffer;
  readonly expired: boolean; // by the database's clock
  readonly settings: Partial<AccountSettings> | null;
  readonly productsVersion: number | null;
  readonly role: OperatorRole | null; // of its person
  readonly isDisabled: boolean; // its person is
}

export const callerColumns = selectList<Omit<KeyOfCaller, keyof ApiKeyRow>>({
  sha256: 'k.sha256',
  expired: 'coalesce(k.expires_at <= now(), false)',
  settings: 'a.settings',
  productsVersion: 'a.products_version',
  role: 'p.role',
  isDisabled: 'p.disabled_at is not null',
});

/** The key that a caller may be showing, with the settings of its account: one look-up per call. */
export function findKeyByPrefix(db: Database, prefix: string): Promise<KeyOfCaller | null> {
  return maybeOne<KeyOfCaller>(
    db,
    `select ${apiKeyColumns}, ${callerColumns}
     from api_keys k left join accounts a on a.id = k.account_id left join operators p on p.id = k.operator_id
     where k.prefix = $1`,
    [prefix],
  );
}

export interface NewApiKey {
  readonly id: string;
  readonly accountId: string | null;
  readonly mode: Mode;
  readonly prefix: string;
  readonly sha256: Buffer;
  readonly scopes: readonly string[];
  readonly name: string;
  readonly expiresAt: string | null;
  readonly operator?: string | null; // the name of the person whose key it is
  readonly approvalId?: string | null; // by which two persons agreed to it
}

export function insertApiKey(db: Database, key: NewApiKey): Promise<ApiKeyRow> {
  return one<ApiKeyRow>(
    db,
    `insert into api_keys as k (id, account_id, mode, prefix, sha256, scopes, name, expires_at, operator_id, approval_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, (select o.id from operators o where o.name = $9), $10)
     returning ${apiKeyColumns}`,
    [
      key.id,
      key.accountId,
      key.mode,
      key.prefix,
      key.sha256,
      key.scopes,
      key.name,
      key.expiresAt,
      key.operator ?? null,
      key.approvalId ?? null,
    ],
  );
}

/** Says whose a key is that was nobody's. Another person's it never becomes. */
export function giveApiKey(db: Database, id: string, operatorId: string): Promise<number> {
  return execute(
    db,
    'update api_keys set operator_id = $2 where id = $1 and account_id is null and operator_id is null',
    [id, operatorId],
  );
}

/** Revokes a key; a second revocation keeps the first moment. */
export function revokeApiKey(db: Database, id: string): Promise<number> {
  return execute(db, 'update api_keys set revoked_at = now() where id = $1 and revoked_at is null', [id]);
}

/** Once a minute is enough to tell a key in use from a forgotten one. */
export function noteKeyUse(db: Database, id: string): Promise<number> {
  return execute(
    db,
    `update api_keys set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [id],
  );
}

export function findApiKey(db: Database, id: string): Promise<ApiKeyRow | null> {
  return maybeOne<ApiKeyRow>(db, `select ${apiKeyColumns} from api_keys k where k.id = $1`, [id]);
}

interface KeyPage {
  readonly filters: { readonly accountId?: string | undefined; readonly mode?: Mode | undefined };
  readonly after: Position | null;
  readonly limit: number;
}

/** Keys, newest first; of one account or mode when named. */
export async function listApiKeys(db: Database, { filters, after, limit }: KeyPage): Promise<Page<ApiKeyRow>> {
  const rows = await many<ApiKeyRow>(
    db,
    `select ${apiKeyColumns} from api_keys k
     where ($1::uuid is null or k.account_id = $1) and ($2::text is null or k.mode = $2)
       and ($3::timestamptz is null or k.created_at < $3 or k.created_at = $3 and k.id > $4::uuid)
     order by k.created_at desc, k.id limit $5`,
    [filters.accountId ?? null, filters.mode ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.createdAt);
}

/** Whether anybody can use the admin API. */
export async function hasAdminKey(db: Database): Promise<boolean> {
  const row = await one<{ has: boolean }>(
    db,
    `select exists (select 1 from api_keys where account_id is null and revoked_at is null
       and (expires_at is null or expires_at > now())) as has`,
  );
  return row.has;
}
