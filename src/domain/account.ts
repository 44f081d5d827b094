import type { Mode } from './ids.js';

export const providerChoices = ['own', 'installation'] as const;

/** An account's own settings; absent ones take the defaults below. */
export interface AccountSettings {
  /** Whose pair of credentials mints where the account has none: nobody's, or the installation's. */
  readonly provider: (typeof providerChoices)[number];
  readonly default_pay_currency: string;
  readonly strict_idempotency: boolean;
  readonly max_unpaid_24h: number;
  readonly max_pending: number;
  readonly max_mints_24h: number;
  readonly min_charge: number; // major units of the price currency; 0 = off
  readonly rate_limit: number; // calls a second per key
}

/** For whom somebody is to mint: an account in a mode, with what it says of the installation's pair. */
export interface ProviderQuestion {
  readonly accountId: string;
  readonly mode: Mode;
  readonly provider: AccountSettings['provider'];
}

export const defaultAccountSettings: AccountSettings = {
  provider: 'own', // else a merchant's money would go to the wallet of whoever runs the installation
  default_pay_currency: 'usdttrc20',
  strict_idempotency: false,
  max_unpaid_24h: 10_000,
  max_pending: 1_000,
  max_mints_24h: 10_000,
  min_charge: 20,
  rate_limit: 1_000,
};

/** What was set, and the defaults for the rest. */
export function settingsOf(account: { readonly settings: Partial<AccountSettings> }): AccountSettings {
  return { ...defaultAccountSettings, ...account.settings };
}
