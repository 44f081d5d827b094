import { z } from 'zod';
import { minute } from '../../domain/timing.js';
import type { Calls } from './calls.js';
import type { Outcome } from './outcome.js';
import { laneName, type ProviderAccount } from '../provider-account.js';

export type Entry =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'no_login' } // the account has no email and password
  | Exclude<Outcome, { kind: 'usable' }>;

export type Sessions = ReturnType<typeof createSessions>;

const tokenMs = 4 * minute; // the provider says about five minutes

/** Logins for the payment list, the one call that wants more than the key. One login at a time per account. */
export function createSessions({ call, clock }: Calls) {
  const tokens = new Map<string, { readonly token: string; readonly until: number }>();
  const logins = new Map<string, Promise<Entry>>();

  async function logIn(account: ProviderAccount, body: { email: string; password: string }): Promise<Entry> {
    const outcome = await call(account, { method: 'POST', path: 'auth', priority: 'mint', body, proof: 'nothing' });
    if (outcome.kind !== 'usable') return outcome;
    const answer = tokenAnswer.safeParse(outcome.object);
    if (!answer.success) return { kind: 'broken', message: 'the login answer has no token', retryAfterMs: null };
    tokens.set(laneName(account), { token: answer.data.token, until: clock() + tokenMs });
    return { kind: 'token', token: answer.data.token };
  }

  return {
    async enter(account: ProviderAccount): Promise<Entry> {
      const { email, password } = account;
      if (!email || !password) return { kind: 'no_login' };
      const name = laneName(account);
      const held = tokens.get(name);
      if (held && clock() < held.until) return { kind: 'token', token: held.token };
      const running = logins.get(name) ?? logIn(account, { email, password }).finally(() => logins.delete(name));
      logins.set(name, running);
      return running;
    },

    /** Forgets a token the provider no longer takes, unless a newer one is there already. */
    forget(account: ProviderAccount, token: string): void {
      const name = laneName(account);
      if (tokens.get(name)?.token === token) tokens.delete(name);
    },
  };
}

const tokenAnswer = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,4096}$/) });
