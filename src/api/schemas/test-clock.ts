import { z } from 'zod';
import { day } from '../../domain/timing.js';
import type { Operation } from './operations.js';

const longestStep = (31 * day) / 1_000;

/** By how much the clocks of a test order go forward; without `seconds`, to the end of what it waits for. */
export const advanceBody = z.object({ seconds: z.number().int().min(1).max(longestStep).optional() });

export const testOperations: Readonly<Record<string, Operation>> = {
  'POST /v1/test/orders/:order_id/advance': {
    id: 'advanceTestOrder',
    summary: 'Put the clocks of a test order forward',
    description:
      'By `seconds`, up to 31 days; without them to the end of what it waits for. The order lives through that as it would have: its ' +
      'payment is read, its windows end. With a test key, where a simulator answers for the provider; live orders are 403, closed ones 409.',
  },
};
