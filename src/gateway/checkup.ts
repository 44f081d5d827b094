import type { Calls } from './lane/calls.js';
import type { Coins } from './coins.js';
import type { ProviderAccount } from './provider-account.js';
import type { Sessions } from './lane/session.js';

/** What the doctor command reports about an account's credentials. */
export interface Checkup {
  readonly reachable: boolean;
  readonly key: 'accepted' | 'refused' | 'unknown';
  readonly login: 'accepted' | 'refused' | 'missing' | 'unknown'; // missing: a lost create cannot be looked up
  readonly coins: readonly string[] | null; // enabled and payable now
  readonly messages: readonly string[]; // what went wrong, in the provider's words
}

export function createCheckup({ call }: Calls, coins: Coins, sessions: Sessions) {
  return async function check(account: ProviderAccount): Promise<Checkup> {
    const status = await call(account, { method: 'GET', path: 'status', priority: 'decision', proof: 'nothing' });
    const key = await call(account, { method: 'GET', path: 'merchant/coins', priority: 'decision' });
    const listed = key.kind === 'usable' ? await coins.list(account) : null;
    const entry = await sessions.enter(account);
    const failures = [status, key, listed, entry].flatMap((step) => (step && 'message' in step ? [step.message] : []));
    return {
      reachable: status.kind === 'usable',
      key: verdictOn(key.kind),
      login: entry.kind === 'no_login' ? 'missing' : verdictOn(entry.kind),
      coins: listed?.kind === 'loaded' ? [...listed.value.keys()].sort() : null,
      messages: [...new Set(failures)],
    };
  };
}

function verdictOn(kind: string): 'accepted' | 'refused' | 'unknown' {
  if (kind === 'usable' || kind === 'token') return 'accepted';
  return kind === 'account' || kind === 'refused' ? 'refused' : 'unknown';
}
