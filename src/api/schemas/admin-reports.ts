import { z } from 'zod';
import { bookQuery } from './orders.js';
import { text } from './text.js';
import { orderStatuses } from '../../domain/order.js';

const livemode = z.enum(['true', 'false']).optional();
const count = z.number().int();
const byCurrency = z.record(z.string(), count);
/** Every row counts: nothing is cut off, and `scanned` says how many there were. */
const whole = { truncated: z.literal(false), scanned: count };

export const figuresQuery = z.object({ livemode });

export const dailyQuery = z.object({
  livemode,
  days: z
    .string()
    .regex(/^\d{1,3}$/, 'expected digits')
    .transform(Number)
    .refine((days) => days >= 1 && days <= 90, 'expected 1 to 90')
    .default(7)
    .meta({ type: 'integer', minimum: 1, maximum: 90, default: 7 }),
});

export const statsAnswer = z.object({
  total: count,
  by_status: z.object(Object.fromEntries(orderStatuses.map((status) => [status, count]))),
  paid_revenue_cents: byCurrency,
  avg_time_to_paid_ms: count.nullable(),
  paid_sample: count,
  paid_revenue_by_product: z.record(z.string(), byCurrency),
  paid_count_by_product: z.record(z.string(), count),
  ...whole,
});
export type StatsAnswer = z.output<typeof statsAnswer>;

export const dailyAnswer = z.object({
  days: count,
  rows: z.array(z.object({ date: z.string(), status: z.enum(orderStatuses), count })),
  ...whole,
});

export const pendingAgeAnswer = z.object({
  buckets: z.object({ under_1h: count, h1_to_6h: count, h6_to_24h: count, over_24h: count }),
  pending_value_cents: byCurrency,
  total: count,
  ...whole,
});

export const idempotencyAnswer = z.object({ first_writes: count, replays: count, body_mismatches: count });

/** The books of one account, of both modes unless one is named. */
export const adminBookQuery = bookQuery.extend({ account_id: text(1, 100), livemode });
