import { describe, expect, it } from 'vitest';
import { eyesFor, isWorthMore, type Act } from '../../src/domain/access/approval.js';
import { givesPower, hasRight, scopesWithin } from '../../src/domain/access/operator.js';
import { operatorRights } from '../../src/domain/access/scopes.js';
import { coinAmount } from '../../src/domain/money.js';

const limit = { cents: 100_000, currency: 'USD' };
const coins = (text: string) => coinAmount(text)!;

describe('what an order is worth', () => {
  it.each([
    ['at the limit', { cents: 100_000, currency: 'USD' }, null, null, false],
    ['a cent above', { cents: 100_001, currency: 'USD' }, null, null, true],
    // 1,000 USD are 1,000 coins: what is owed says it, whatever the minor units look like.
    ['in yen, far more of them', { cents: 140_000, currency: 'JPY' }, '900', '1000', false],
    ['in dinars with three places', { cents: 400_000, currency: 'KWD' }, '1302.5', '1000', true],
    ['at the limit by its coins', { cents: 92_000, currency: 'EUR' }, '1000', '1000', false],
    ['nobody knows the rate', { cents: 1, currency: 'EUR' }, '0.01', null, true],
    ['without an address', { cents: 1, currency: 'EUR' }, null, '1000', true],
  ] as const)('%s: above is %s', (_name, price, owed, limitInCoin, above) => {
    const worth = { price, owed: owed === null ? null : coins(owed) };
    expect(isWorthMore(worth, limit, limitInCoin === null ? null : coins(limitInCoin))).toBe(above);
  });
});

describe('how many persons it takes', () => {
  const heavy: Act[] = [
    { kind: 'honour', isWorthMore: true },
    { kind: 'apply_ipn', isWorthMore: true },
    { kind: 'credentials', isLive: true, takesOver: true },
    { kind: 'policy', isLooser: true },
    { kind: 'admin_key', isLive: true },
    { kind: 'operator', givesPower: true },
  ];
  const light: Act[] = [
    { kind: 'honour', isWorthMore: false },
    { kind: 'apply_ipn', isWorthMore: false },
    { kind: 'credentials', isLive: true, takesOver: false },
    { kind: 'credentials', isLive: false, takesOver: true },
    { kind: 'policy', isLooser: false },
    { kind: 'admin_key', isLive: false },
    { kind: 'operator', givesPower: false },
  ];

  it.each(light)('one for $kind where nothing is at stake', (act) => {
    for (const isOn of [true, false]) {
      for (const hasSecondPerson of [true, false]) expect(eyesFor(act, { isOn, hasSecondPerson })).toBe('plain');
    }
  });

  it.each(heavy)('two for $kind', (act) => {
    expect(eyesFor(act, { isOn: true, hasSecondPerson: true })).toBe('two');
  });

  it('who may come in is for two whatever is set, as soon as there are two; the first begins alone', () => {
    for (const act of heavy) {
      const isWhoComesIn = act.kind === 'admin_key' || act.kind === 'operator';
      expect(eyesFor(act, { isOn: false, hasSecondPerson: true })).toBe(isWhoComesIn ? 'two' : 'alone');
      expect(eyesFor(act, { isOn: true, hasSecondPerson: false })).toBe(isWhoComesIn ? 'alone' : 'two');
    }
  });

  it.each([
    ['add', 'read_only', null, true],
    ['role', 'admin', 'support', true],
    ['role', 'support', 'read_only', true],
    ['role', 'read_only', 'support', false],
    ['role', 'read_only', 'admin', true], // with one admin less, fewer have to agree
    ['disable', null, 'admin', true],
    ['disable', null, 'support', false],
    ['enable', null, 'read_only', true],
    ['password', null, 'read_only', true],
    ['second_factor', null, 'read_only', true],
  ] as const)('%s to %s, of one who is %s, gives power: %s', (change, role, roleNow, gives) => {
    expect(givesPower(change, role, roleNow)).toBe(gives);
  });
});

describe('a person', () => {
  it.each([
    ['admin', operatorRights],
    ['support', ['operator:read', 'operator:support', 'operator:operations']],
    ['read_only', ['operator:read']],
  ] as const)('who is %s has the rights %j', (role, rights) => {
    expect(operatorRights.filter((right) => hasRight(role, right))).toEqual(rights);
  });

  it('is no more by a key than by himself', () => {
    expect(scopesWithin('read_only', ['driftstack_internal_admin'])).toEqual(['operator:read']);
    expect(scopesWithin('support', ['operator:keys', 'operator:read'])).toEqual(['operator:read']);
    expect(scopesWithin('admin', ['driftstack_internal_admin', 'write'])).toEqual(['write', ...operatorRights]);
    expect(scopesWithin('admin', ['operator:keys'])).toEqual(['operator:keys']);
  });
});
