import { expect, it } from 'vitest';
import { sameAddress } from '../../src/domain/payments/same-address.js';

const evm = '0x52908400098527886E0F7030069857D2E4169EE7';

it.each([
  [evm, evm.toLowerCase(), true],
  [evm, evm.replace('0x', '0X').toUpperCase().replace('0X', '0x'), true],
  [evm, evm.replace(/7$/, '8'), false],
  ['TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf', 'txyzopyrdj2d9xrtbg411xzz3km5vkaebf', false], // base58: another letter is another address
  [evm, null, false],
  [null, null, true],
])('%s and %s are the same address: %s', (a, b, isSame) => {
  expect(sameAddress(a, b)).toBe(isSame);
});
