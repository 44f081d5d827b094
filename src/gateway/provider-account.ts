import { createHash } from 'node:crypto';
import type { Mode } from '../domain/ids.js';

export const defaultApiUrl: Readonly<Record<Mode, string>> = {
  live: 'https://api.nowpayments.io/v1',
  test: 'https://api-sandbox.nowpayments.io/v1',
};

/** One pair of credentials at NOWPayments. Only the key that made a payment can read it. */
export interface ProviderAccount {
  readonly keyLabel: string; // keyLabel(apiKey): names the key in rows and logs
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly email: string | null; // with the password: the only way to list payments
  readonly password: string | null;
  readonly payoutCoin: string | null;
  readonly maxRps?: number; // calls a second that the pair may make; absent: the gateway's own default
  readonly merchant?: string; // for whom is called: merchants who share a pair take turns
}

/** What counts as one at the provider, for quota and outages: a pair of credentials at one address. */
export function laneName({ apiUrl, keyLabel }: Pick<ProviderAccount, 'apiUrl' | 'keyLabel'>): string {
  return `${keyLabel}@${apiUrl}`;
}

export function keyLabel(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('hex').slice(0, 12);
}
