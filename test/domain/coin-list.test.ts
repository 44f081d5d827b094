import { describe, expect, it } from 'vitest';
import { doubtOf } from '../../src/domain/payments/coin-list.js';

const coins = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `coin${from + index}`);
const nothing = { good: null, doubted: null };

describe('the list of coins', () => {
  it('is never believed when it is empty, however often it is read', () => {
    expect(doubtOf({ ...nothing, read: [] })).toBe('the list of coins is empty');
    expect(doubtOf({ read: [], good: coins(1), doubted: [] })).toBe('the list of coins is empty');
  });

  it('is believed when there was none before, however short', () => {
    expect(doubtOf({ ...nothing, read: coins(1) })).toBeNull();
  });

  it('is believed down to a quarter of what it was, and doubted below', () => {
    expect(doubtOf({ read: coins(10), good: coins(40), doubted: null })).toBeNull();
    expect(doubtOf({ read: coins(9), good: coins(40), doubted: null })).toBe('the list of coins shrank from 40 to 9');
  });

  it('is believed when it says the same twice, and doubted again when it says something else', () => {
    expect(doubtOf({ read: coins(2), good: coins(40), doubted: coins(2).reverse() })).toBeNull();
    expect(doubtOf({ read: coins(2), good: coins(40), doubted: coins(2, 5) })).toContain('shrank');
    expect(doubtOf({ read: coins(2), good: coins(40), doubted: [] })).toContain('shrank');
  });

  it('of fewer than eight may become one at once', () => {
    expect(doubtOf({ read: coins(1), good: coins(7), doubted: null })).toBeNull();
    expect(doubtOf({ read: coins(1), good: coins(8), doubted: null })).toContain('shrank');
  });
});
