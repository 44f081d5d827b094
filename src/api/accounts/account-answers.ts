import { randomUUID } from 'node:crypto';
import type { AccountRow } from '../../db/accounts/accounts.js';
import { settingsOf } from '../../domain/account.js';
import type { ApiKeyRow } from '../../db/accounts/api-keys.js';
import { currentPairs } from '../../db/secrets/provider-credentials.js';
import { publicId, type Mode } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import type { AccountAnswer, KeyAnswer } from '../schemas/accounts.js';

/** Accounts as operators see them: what is set with the defaults for the rest, and who can mint for them. */
export async function accountAnswers(
  { pool, hasProvider }: Pick<AppDeps, 'pool' | 'hasProvider'>,
  rows: readonly AccountRow[],
): Promise<AccountAnswer[]> {
  const nobody = { accountId: randomUUID(), provider: 'installation' } as const; // without a pair of its own
  const [pairs, live, test] = await Promise.all([
    currentPairs(
      pool,
      rows.map(({ id }) => id),
    ),
    hasProvider({ ...nobody, mode: 'live' }),
    hasProvider({ ...nobody, mode: 'test' }),
  ]);
  const installation = { live, test };
  return rows.map((row) => {
    const settings = settingsOf(row);
    const sourceOf = (mode: Mode) => {
      if (pairs.some((pair) => pair.accountId === row.id && pair.mode === mode)) return 'own';
      return settings.provider === 'installation' && installation[mode] ? 'installation' : 'stub';
    };
    return {
      id: publicId('account', row.id),
      name: row.name,
      settings,
      provider: { live: sourceOf('live'), test: sourceOf('test') },
      created_at: row.createdAt,
      updated_at: row.updatedAt,
    };
  });
}

export async function accountAnswerOf(deps: AppDeps, row: AccountRow): Promise<AccountAnswer> {
  const [only] = await accountAnswers(deps, [row]);
  if (!only) throw new Error('one account gave no answer');
  return only;
}

/** A key without what opens anything: its prefix finds it. */
export function keyAnswerOf(row: ApiKeyRow): KeyAnswer {
  return {
    id: publicId('key', row.id),
    account_id: row.accountId && publicId('account', row.accountId),
    mode: row.mode,
    prefix: row.prefix,
    scopes: [...row.scopes],
    name: row.name,
    expires_at: row.expiresAt,
    revoked_at: row.revokedAt,
    last_used_at: row.lastUsedAt,
    created_at: row.createdAt,
    operator: row.operator,
  };
}
