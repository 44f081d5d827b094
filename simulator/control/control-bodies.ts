import { z } from 'zod';
import { isPositive, parseAmount } from '../decimal.js';
import { parseMs } from '../duration.js';
import { endpoints } from '../provider/provider-api.js';
import { findCoin } from '../world/coins.js';
import { faultNames } from '../world/fault-rules.js';
import { ledgerKinds } from '../world/ledger.js';

const durationMs = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseMs(value);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as "2 seconds", or milliseconds' });
  return z.NEVER;
});

const amount = z.union([z.string(), z.number()]).transform((value, context) => {
  const text = parseAmount(String(value));
  if (text !== null && isPositive(text)) return text;
  context.addIssue({ code: 'custom', message: 'expected a positive amount' });
  return z.NEVER;
});

const coin = z
  .string()
  .refine((code) => findCoin(code) !== undefined, 'unknown coin')
  .transform((code) => code.toLowerCase());

const ipnMode = z.union([
  z.enum(['send', 'drop', 'reorder']),
  z.strictObject({ duplicate: z.number().int().min(1).max(1000) }),
  z.strictObject({ delay: durationMs }),
  z.strictObject({ forge: z.enum(['wrong_secret', 'no_signature', 'sha256', 'bit_flip', 'other_order']) }),
]);

const named = {
  payment_id: z.union([z.string(), z.number()]).transform(String).optional(),
  order_id: z.string().optional(),
};
const namesOne = (body: { payment_id?: string | undefined; order_id?: string | undefined }) =>
  (body.payment_id ?? body.order_id) !== undefined;

const limit = z.coerce.number().int().min(1).max(1000);
const kind = z.enum(ledgerKinds);

const settings = z
  .strictObject({
    step: durationMs,
    ipn: z
      .strictObject({
        retries: z.number().int().min(0).max(100),
        interval: durationMs,
        timeout: durationMs,
        on_create: z.boolean(),
      })
      .partial(),
    cover_percent: z.number().min(0).max(100),
    redeposit_status: z.enum(['finished', 'partially_paid']),
    wrong_asset: z.enum(['finished', 'partially_paid', 'manual']),
    wrong_asset_shape: z.enum(['child', 'same_id']),
    child_read: z.enum(['ok', '404']),
    list_lag: durationMs,
    id_digits: z.union([z.literal(10), z.literal(19)]),
    number_text: z.enum(['plain', 'js', 'exponent', 'padded']),
    rate_limit_per_s: z.number().min(0),
  })
  .partial();

export const controlBodies = {
  pay: z
    .strictObject({
      ...named,
      fraction: amount.optional(),
      amount: amount.optional(),
      coin: coin.optional(),
      then: z.array(z.string().min(1).max(64)).optional(),
      step: durationMs.optional(),
      ipn: ipnMode.default('send'),
    })
    .refine(namesOne, 'payment_id or order_id is required')
    .refine((body) => body.fraction === undefined || body.amount === undefined, 'fraction or amount, not both'),
  scenario: z
    .strictObject({
      ...named,
      step: durationMs.optional(),
      ipn: ipnMode.optional(),
      n: z.number().int().min(1).max(1000).optional(),
      hold: durationMs.optional(),
      after: durationMs.optional(),
      coin: coin.optional(),
      fraction: amount.optional(),
    })
    .refine(namesOne, 'payment_id or order_id is required'),
  fault: z.strictObject({
    endpoint: z.enum([...endpoints, '*']),
    fault: z.enum(faultNames),
    effect: z.enum(['before', 'after']).default('before'),
    p: z.number().min(0).max(1).default(1),
    times: z.number().int().min(1).nullable().default(null),
    match: z.strictObject({ order_id: z.string().optional() }).default({}),
    ms: durationMs.default(0),
    jitter: durationMs.default(0),
    retry_after: z.union([z.number(), z.string()]).nullable().default(null),
    bytes: z
      .number()
      .int()
      .min(1)
      .max(256 * 1024 * 1024)
      .default(10 * 1024 * 1024),
  }),
  settings,
  ipn: z.strictObject({
    url: z.url(),
    body: z.string(),
    sign: z.enum(['A', 'B', 'C', 'none']),
    secret: z.string().optional(),
  }),
  clock: z.strictObject({ advance: durationMs }),
  reset: z.strictObject({ seed: z.number().int().optional() }),
  ledgerQuery: z.strictObject({
    after: z.coerce.number().int().min(0).default(0),
    limit: limit.default(100),
    kind: kind.optional(),
    last: limit.optional(),
  }),
  paymentsQuery: z.strictObject({
    order_id: z.string().optional(),
    limit: limit.default(1000),
    before: z.string().optional(),
  }),
};
