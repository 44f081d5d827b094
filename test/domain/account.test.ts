import { expect, it } from 'vitest';
import { defaultAccountSettings } from '../../src/domain/account.js';

it('an account that sets nothing has the settings of the contract', () => {
  expect(defaultAccountSettings).toEqual({
    provider: 'own',
    default_pay_currency: 'usdttrc20',
    strict_idempotency: false,
    max_unpaid_24h: 10_000,
    max_pending: 1_000,
    max_mints_24h: 10_000,
    min_charge: 20,
    rate_limit: 1_000,
  });
});
