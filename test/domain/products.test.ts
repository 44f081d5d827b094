import { describe, expect, it } from 'vitest';
import { defaultProducts, entitlementDays, listPrice } from '../../src/domain/merchant/products.js';

describe('the price list', () => {
  it.each([
    ['solo_manual', 7900],
    ['team_manual', 24900],
    ['agency_manual', 69900],
    ['api_starter', 14900],
    ['api_builder', 49900],
    ['api_scale', 149900],
  ])('%s costs %i cents, in dollars and in euros', (product, cents) => {
    expect(listPrice(defaultProducts, product, 'USD')).toBe(cents);
    expect(listPrice(defaultProducts, product, 'EUR')).toBe(cents);
  });

  it('has six products', () => {
    expect(defaultProducts).toHaveLength(6);
  });

  it.each([
    ['gold', 'USD'],
    ['team_manual', 'JPY'],
    ['team_manual', 'usd'],
    ['', 'USD'],
  ])('has no price for %j in %s', (product, currency) => {
    expect(listPrice(defaultProducts, product, currency)).toBeNull();
  });
});

it('a paid order entitles for 31 days', () => {
  expect(entitlementDays).toBe(31);
});
