/** An account's own settings; absent ones take the defaults below. */
export interface AccountSettings {
  readonly default_pay_currency: string;
  readonly strict_idempotency: boolean;
  readonly max_unpaid_24h: number;
  readonly max_pending: number;
  readonly max_mints_24h: number;
  readonly min_charge: number; // major units of the price currency; 0 = off
  readonly rate_limit: number; // calls a second per key
}

export const defaultAccountSettings: AccountSettings = {
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
