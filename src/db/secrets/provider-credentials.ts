import { randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import type { Database } from '../pool.js';
import { execute, isoText, many, maybeOne, selectList } from '../query.js';
import { seal, unseal, type Keyring } from './seal.js';

/** A merchant's own pair at NOWPayments, opened. Never leaves the process. */
export interface ProviderCredentials {
  readonly accountId: string;
  readonly mode: Mode;
  readonly keyLabel: string;
  readonly apiKey: string;
  readonly ipnSecret: string;
  readonly email: string | null;
  readonly password: string | null;
  readonly payoutCoin: string | null;
  readonly retiredAt: string | null;
}

/** A pair as it is stored. */
export interface SealedPair {
  readonly accountId: string;
  readonly mode: Mode;
  readonly keyLabel: string;
  readonly apiKeySealed: string;
  readonly ipnSecretSealed: string;
  readonly emailSealed: string | null;
  readonly passwordSealed: string | null;
  readonly payoutCoin: string | null;
  readonly retiredAt: string | null;
}

export const credentialColumns = selectList<SealedPair>({
  accountId: 'account_id',
  mode: 'mode',
  keyLabel: 'key_label',
  apiKeySealed: 'api_key_sealed',
  ipnSecretSealed: 'ipn_secret_sealed',
  emailSealed: 'email_sealed',
  passwordSealed: 'password_sealed',
  payoutCoin: 'payout_coin',
  retiredAt: isoText('retired_at'),
});

/** The pair that mints for the account now, or the one that made a payment, by its label. */
export async function credentialsFor(
  db: Database,
  keyring: Keyring,
  { accountId, mode, keyLabel }: { accountId: string; mode: Mode; keyLabel: string | null },
): Promise<ProviderCredentials | null> {
  const row = await maybeOne<SealedPair>(
    db,
    `select ${credentialColumns} from provider_credentials
     where account_id = $1 and mode = $2
       and ($3::text is null and retired_at is null or key_label = $3)`,
    [accountId, mode, keyLabel],
  );
  return row && openPair(keyring, row);
}

/** The pairs of an account, with those that were retired within a time: IPNs of what they minted still come. */
export async function credentialsOf(
  db: Database,
  keyring: Keyring,
  { accountId, retiredWithinMs }: { accountId: string; retiredWithinMs: number },
): Promise<ProviderCredentials[]> {
  const rows = await many<SealedPair>(
    db,
    `select ${credentialColumns} from provider_credentials
     where account_id = $1 and (retired_at is null or retired_at > now() - $2::bigint * interval '1 ms')
     order by created_at desc`,
    [accountId, retiredWithinMs],
  );
  return rows.map((row) => openPair(keyring, row));
}

/** The pair that each account mints with now, opened; for a look at all of them. */
export async function currentCredentials(
  db: Database,
  keyring: Keyring,
  limit: number,
): Promise<ProviderCredentials[]> {
  const rows = await many<SealedPair>(
    db,
    `select ${credentialColumns} from provider_credentials where retired_at is null order by account_id, mode limit $1`,
    [limit],
  );
  return rows.map((row) => openPair(keyring, row));
}

export type NewCredentials = Omit<ProviderCredentials, 'retiredAt'>;

/**
 * Stores a pair, in the caller's transaction; the one before it stays for what it minted. The same key again replaces its
 * secrets. Answers the label of the key that is retired.
 */
export async function storeCredentials(
  db: Database,
  keyring: Keyring,
  given: NewCredentials,
): Promise<{ retired: string | null }> {
  const sealed = (column: CredentialColumn, secret: string | null) =>
    secret === null ? null : seal(keyring, credentialsPurpose(given, column), secret);
  const retired = await maybeOne<{ keyLabel: string }>(
    db,
    `update provider_credentials set retired_at = now()
     where account_id = $1 and mode = $2 and retired_at is null returning key_label as "keyLabel"`,
    [given.accountId, given.mode],
  );
  await execute(
    db,
    `insert into provider_credentials (id, account_id, mode, key_label, api_key_sealed, ipn_secret_sealed,
       email_sealed, password_sealed, payout_coin)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (account_id, mode, key_label) do update set api_key_sealed = excluded.api_key_sealed,
       ipn_secret_sealed = excluded.ipn_secret_sealed, email_sealed = excluded.email_sealed,
       password_sealed = excluded.password_sealed, payout_coin = excluded.payout_coin, retired_at = null`,
    [
      randomUUID(),
      given.accountId,
      given.mode,
      given.keyLabel,
      sealed('api_key_sealed', given.apiKey),
      sealed('ipn_secret_sealed', given.ipnSecret),
      sealed('email_sealed', given.email),
      sealed('password_sealed', given.password),
      given.payoutCoin,
    ],
  );
  return { retired: retired?.keyLabel ?? null };
}

/** Which of these accounts mint with a pair of their own, by mode and label; no secrets. */
export function currentPairs(
  db: Database,
  accountIds: readonly string[],
): Promise<{ accountId: string; mode: Mode; keyLabel: string }[]> {
  return many(
    db,
    `select account_id as "accountId", mode, key_label as "keyLabel" from provider_credentials
     where account_id = any ($1) and retired_at is null`,
    [accountIds],
  );
}

export function openPair(keyring: Keyring, row: SealedPair): ProviderCredentials {
  const open = (column: CredentialColumn, sealed: string) => unseal(keyring, credentialsPurpose(row, column), sealed);
  return {
    accountId: row.accountId,
    mode: row.mode,
    keyLabel: row.keyLabel,
    apiKey: open('api_key_sealed', row.apiKeySealed),
    ipnSecret: open('ipn_secret_sealed', row.ipnSecretSealed),
    email: row.emailSealed === null ? null : open('email_sealed', row.emailSealed),
    password: row.passwordSealed === null ? null : open('password_sealed', row.passwordSealed),
    payoutCoin: row.payoutCoin,
    retiredAt: row.retiredAt,
  };
}

export type CredentialColumn = 'api_key_sealed' | 'ipn_secret_sealed' | 'email_sealed' | 'password_sealed';

/** What one secret of a merchant's pair is sealed for: it opens in no other column, pair, mode or account. */
export function credentialsPurpose(
  { accountId, mode, keyLabel }: { accountId: string; mode: Mode; keyLabel: string },
  column: CredentialColumn,
): string {
  return `provider_credentials.${column}/${accountId}/${mode}/${keyLabel}`;
}
