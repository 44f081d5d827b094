import { expect, it } from 'vitest';
import { orderSummary } from '../../src/domain/order-summary.js';

it.each([
  [{ priceCents: 4900, priceCurrency: 'USD', requestedCoin: 'usdttrc20' }, 'team_manual · 49.00 USD · USDT-TRC20'],
  [{ priceCents: 4900, priceCurrency: 'JPY', requestedCoin: 'usdcmatic' }, 'team_manual · 4900 JPY · USDC-MATIC'],
  [{ priceCents: 5, priceCurrency: 'EUR', requestedCoin: 'btc' }, 'team_manual · 0.05 EUR · BTC'],
  [{ priceCents: 4900, priceCurrency: 'USD', requestedCoin: 'usdt' }, 'team_manual · 49.00 USD · USDT'],
])('the line of %j', (order, line) => {
  expect(orderSummary({ product: 'team_manual', ...order })).toBe(line);
});
