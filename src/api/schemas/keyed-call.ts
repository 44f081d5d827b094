import { z } from 'zod';

/** What every POST takes that an API key opens. */
export const keyedCallHeader = z.object({
  'Idempotency-Key': z.string().optional().meta({
    description: 'Repeats of the call are answered as the first was, for a day: 1 to 255 visible ASCII characters.',
  }),
});
