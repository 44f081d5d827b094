import { z } from 'zod';
import { lockAccount, type AccountRow } from '../../db/accounts/accounts.js';
import type { Database } from '../../db/pool.js';
import { currentPairs, storeCredentials, type NewCredentials } from '../../db/secrets/provider-credentials.js';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { settingsOf } from '../../domain/account.js';
import { modes, publicId } from '../../domain/ids.js';
import { keyLabel } from '../../gateway/provider-account.js';
import { withEyes, type Outcome } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { notFound } from '../http/problem.js';
import type { Asker } from './new-key.js';

/** A pair as somebody brings it. */
export type GivenPair = Omit<NewCredentials, 'keyLabel'>;

/**
 * Puts an account's pair in force. Where somebody minted for its live orders until now, their coins would go elsewhere from
 * then on: that takes two persons.
 */
export function replaceCredentials(deps: AppDeps, given: GivenPair, asker: Asker): Promise<Outcome<void>> {
  const pair = { ...given, keyLabel: keyLabel(given.apiKey) };
  const { mode, payoutCoin, email } = pair;
  return withEyes(deps, async (db) => {
    const account = await lockAccount(db, pair.accountId);
    if (!account) throw notFound();
    const subject = publicId('account', account.id);
    return {
      act: { kind: 'credentials', isLive: mode === 'live', takesOver: await takesOver(db, account, pair) },
      proposal: {
        kind: 'credentials',
        subject,
        accountId: account.id,
        orderId: null,
        ...asker,
        what: {
          account: account.name,
          mode,
          key_label: pair.keyLabel,
          with_login: email !== null,
          payout_coin: payoutCoin,
        },
        secrets: { ...pair },
      },
      perform: () => store(deps, db, { pair, asker }),
    };
  });
}

/** Whether another pair mints for the account until now: one of its own, or the installation's. */
async function takesOver(
  db: Database,
  account: AccountRow,
  { mode, keyLabel: label }: NewCredentials,
): Promise<boolean> {
  const own = (await currentPairs(db, [account.id])).find((pair) => pair.mode === mode);
  return own ? own.keyLabel !== label : settingsOf(account).provider === 'installation';
}

const agreedPair = z.object({
  accountId: z.string(),
  mode: z.enum(modes),
  keyLabel: z.string(),
  apiKey: z.string(),
  ipnSecret: z.string(),
  email: z.string().nullable(),
  password: z.string().nullable(),
  payoutCoin: z.string().nullable(),
});

/** The pair that two agreed to. */
export function replaceCredentialsAsAgreed(
  deps: AppDeps,
  db: Database,
  { found, secrets }: { found: ApprovalRow; secrets: unknown },
): Promise<void> {
  const asker = { actor: found.proposedBy, reason: found.reason };
  return store(deps, db, { pair: agreedPair.parse(secrets), asker });
}

async function store(
  { keyring }: AppDeps,
  db: Database,
  { pair, asker }: { pair: NewCredentials; asker: Asker },
): Promise<void> {
  const { accountId, mode, email, payoutCoin } = pair;
  const { retired } = await storeCredentials(db, keyring, pair);
  await appendAudit(db, {
    ...asker,
    action: 'account.credentials_replaced',
    accountId,
    subject: publicId('account', accountId),
    before: { mode, key_label: retired },
    after: { mode, key_label: pair.keyLabel, with_login: email !== null, payout_coin: payoutCoin },
  });
}
