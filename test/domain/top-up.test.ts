import { expect, it } from 'vitest';
import { topUpAmount } from '../../src/domain/payments/top-up.js';
import { coins } from '../support/a-payment.js';

it.each([
  ['what is missing', '24.524513', '5', '24.524513'],
  ['what is missing, to the last digit', '0.000000000000000001', null, '0.000000000000000001'],
  ['what is missing when it is the floor', '5.0', '5', '5.0'],
  ['the floor when less is missing', '4.999999', '5', '5'],
  ['nothing when nothing is missing', '0', '5', '0'],
])('a top-up asks for %s', (_what, due, floor, asked) => {
  expect(topUpAmount(coins(due), floor === null ? null : coins(floor))).toBe(asked);
});
