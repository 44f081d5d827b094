import type { Health } from './breaker.js';
import type { Verdict } from './failures.js';
import type { ProviderAccount } from '../provider-account.js';

const accountRetryMs = 30_000;

/** What became of a call. `unsent` is certain: the provider has done nothing. */
export type Outcome =
  | Extract<Verdict, { kind: 'usable' | 'refused' }>
  | (Extract<Verdict, { kind: 'account' }> & { readonly retryAfterMs: number })
  | { readonly kind: 'unsent'; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'broken'; readonly message: string; readonly retryAfterMs: number | null };

/** How a call shows who we are; the key goes along with a bearer token. */
export type Proof = 'key' | 'nothing' | { readonly bearer: string };

export type Heard = Verdict | Extract<Outcome, { kind: 'unsent' }>;

/** A 401 or 403 is about what the call proved itself with; only with both is it the answer that tells. */
export function provedBy(verdict: Verdict, proof: Proof): Verdict {
  if (verdict.kind !== 'account' || typeof proof === 'object') return verdict;
  return { ...verdict, of: proof === 'key' ? 'key' : 'login' };
}

export function healthOf(verdict: Heard): Health {
  switch (verdict.kind) {
    case 'usable':
    case 'refused':
      return { kind: 'well' };
    case 'account':
      return { kind: verdict.of === 'key' ? 'barred' : 'well' }; // without a login we can still mint and read
    case 'limited':
      return verdict;
    case 'unsent':
    case 'broken':
      return { kind: 'ill' };
  }
}

export function withWait(verdict: Heard, waitMs: number, { apiKey }: ProviderAccount): Outcome {
  if (verdict.kind === 'usable') return verdict;
  const message = verdict.message.replaceAll(apiKey, '[key]');
  switch (verdict.kind) {
    case 'refused':
      return { ...verdict, message };
    case 'account':
      return { ...verdict, message, retryAfterMs: waitMs || accountRetryMs };
    case 'limited':
      return unsent(message, waitMs);
    case 'unsent':
    case 'broken':
      return { kind: verdict.kind, message, retryAfterMs: waitMs || null };
  }
}

export function resting(retryAfterMs: number): Outcome {
  return unsent('calls of this account rest after failures', retryAfterMs);
}

export function unsent(message: string, retryAfterMs: number | null): Outcome {
  return { kind: 'unsent', message, retryAfterMs };
}
