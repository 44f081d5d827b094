import { describe, expect, it } from 'vitest';
import { xAddress } from '../../src/web/pay/x-address.js';

const account = 'r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59';

describe('X-addresses', () => {
  // As ripple-address-codec 5.0.1 makes them.
  it.each([
    [account, '0', 'X7AcgcsBL6XDcUb289X4mJ8djcdyKaGYE2g3sXRpLuiwxaX'],
    [account, '1', 'X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fu'],
    [account, '11747', 'X7AcgcsBL6XDcUb289X4mJ8djcdyKaLFuhLRuNXPrDeJd9A'],
    [account, '4294967295', 'X7AcgcsBL6XDcUb289X4mJ8djcdyKaM4S135zJJmc3HMChp'],
    ['rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh', '340917662', 'XVH3aqvbYGhRhrD1FYSzGooNuxdzbGfhRtDdXzZt6TRVReC'],
  ])('hold %s and tag %s', (address, tag, expected) => {
    expect(xAddress(address, tag)).toBe(expected);
  });

  it.each([
    ['a checksum that is wrong', account.replace('59', '95'), '1'],
    ['no base58', 'r0OIl', '1'],
    ['nothing', '', '1'],
    ['an address of Bitcoin', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT', '1'],
    ['an X-address', 'X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fu', '1'],
    ['a tag of words', account, 'order 7'],
    ['a tag with a zero before it', account, '007'],
    ['a tag below zero', account, '-1'],
    ['a tag above 32 bits', account, '4294967296'],
    ['no tag', account, ''],
  ])('are not made of %s', (_, address, tag) => {
    expect(xAddress(address, tag)).toBeNull();
  });
});
