import ipaddr from 'ipaddr.js';
import parseDuration from 'parse-duration';
import { z } from 'zod';
import { brandNameShape, defaultBrandName } from './domain/brand.js';
import { priceIn } from './domain/currency.js';
import { retryWaitsMs } from './domain/delivery.js';
import { passwordFault } from './domain/access/operator.js';
import { defaultProducts } from './domain/merchant/products.js';
import { defaultClocks, minute } from './domain/timing.js';
import { version } from './version.js';

const port = z.coerce.number().int().min(0).max(65_535);
const offOrPort = z.union([z.literal('off').transform(() => null), port]);
const flag = z.enum(['true', 'false']).transform((word) => word === 'true');
const cents = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
// Whole units or all decimal places of the currency: `1000 USD`, `99.50 EUR`.
const offOrPrice = z.string().transform((text, ctx) => {
  if (text === 'off') return null;
  const [, amount, currency] = /^(\d{1,12}(?:\.\d{1,4})?) ([A-Z]{3})$/.exec(text) ?? [];
  const price = amount && currency ? priceIn(currency, amount) : null;
  if (price) return price;
  ctx.addIssue({ code: 'custom', message: 'expected a sum with its currency, such as "1000 USD", or off' });
  return z.NEVER;
});
const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const hostPorts = commaList.pipe(z.array(z.string().regex(/^[^\s/@]+:\d{1,5}$/, 'expected host:port')));

// A colon stands between the deployment and its build in Temporal's own words.
const buildId = z.union([
  z.literal('off').transform(() => null),
  z.literal('release').transform(() => version),
  z.string().regex(/^[\w.+-]{1,100}$/, 'expected off, release, or a name of letters, digits and .+-_'),
]);

const networks = commaList.pipe(
  z.array(
    z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), 'expected addresses or networks'),
  ),
);

const password = z.string().superRefine((text, ctx) => {
  const message = passwordFault(text);
  if (message !== null) ctx.addIssue({ code: 'custom', message });
});

const durationMs = z.string().transform((text, ctx) => {
  // parse-duration takes a bare number for milliseconds, which nobody means who writes PAY_WINDOW=60.
  const ms = /^(\s*\d+(\.\d+)?\s*[a-zµ]+[\s,]*)+$/i.test(text) ? parseDuration(text) : null;
  if (ms !== null && Number.isFinite(ms) && ms >= 1) return Math.round(ms);
  ctx.addIssue({ code: 'custom', message: 'expected a duration with a unit, such as "60 minutes"' });
  return z.NEVER;
});

const key32 = z.string().transform((text, ctx) => {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (bytes.length === 32) return bytes;
  ctx.addIssue({ code: 'custom', message: 'expected 32 bytes as hex or base64: openssl rand -base64 32' });
  return z.NEVER;
});

const json = z.string().transform((text, ctx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

const productList = json.pipe(
  z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9_]{1,64}$/),
        names: z.record(z.string().regex(/^[a-z]{2}$/), z.string().min(1).max(80)).default({}),
        prices: z.record(z.string().regex(/^[A-Z]{3}$/), z.number().int().min(1)),
      }),
    )
    .min(1)
    .refine((products) => new Set(products.map(({ id }) => id)).size === products.length, 'an id stands twice'),
);

/** Every variable but the provider's, with its default. README and .env.example say what they are for. */
export const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  ALLOW_PLAINTEXT_TO: hostPorts.default([]),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(500).default(10),
  DATABASE_NAMED_STATEMENTS: flag.optional(),
  FIRST_TRIES_MAX: z.coerce.number().int().min(1).max(200).default(50),
  CACHED_WORKFLOWS_MAX: z.coerce.number().int().min(10).max(100_000).default(500),
  WEBHOOK_POOL_MAX: z.coerce.number().int().min(1).max(100).default(4),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  ADMIN_PORT: offOrPort.default(null),
  ADMIN_ALLOW: networks.default([]),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: offOrPort.default(9464),
  WORKER_METRICS_PORT: offOrPort.default(9465),
  TEMPORAL_METRICS_PORT: offOrPort.default(null),
  WORKER_BUILD_ID: buildId.default(null),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  PUBLIC_URL: httpUrl.optional(),
  BRAND_NAME: z.string().regex(brandNameShape, 'expected 1 to 40 printable characters').default(defaultBrandName),
  TRUSTED_PROXIES: commaList.default([]),
  MAX_LIVE_STREAMS: z.coerce.number().int().min(0).max(50_000).default(5_000),
  MAX_LIVE_STREAMS_PER_ADDRESS: z.coerce.number().int().min(1).max(50_000).default(100),
  MAX_PAGES_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).default(1_200),
  QUITTANCE_MASTER_KEY: key32,
  QUITTANCE_MASTER_KEY_PREVIOUS: commaList.pipe(z.array(key32)).default([]),
  // The seed of an ed25519 key. Without it receipts are signed with a key derived from the master key, in production too.
  RECEIPT_SIGNING_KEY: key32.optional(),
  RECEIPT_SIGNING_KEY_PREVIOUS: commaList.pipe(z.array(key32)).default([]), // still published
  CONSOLE_PASSWORD: password.optional(),
  TEMPORAL_UI_URL: httpUrl.optional(),
  PRICE_MODE: z.enum(['caller', 'catalogue']).default('caller'),
  PRODUCTS: productList.default(
    [...defaultProducts].map(({ id, prices }) => ({ id, names: {}, prices: { ...prices } })),
  ),
  MAX_PRICE_CENTS: cents.default(1_000_000),
  TOLERANCE: z
    .string()
    .regex(/^0(\.\d{1,6})?$/, 'expected a fraction below 1, such as 0.01')
    .default('0.01'),
  ALLOW_LIVE_APPLY_IPN: flag.default(false),
  FOUR_EYES_ABOVE: offOrPrice.default({ cents: 100_000, currency: 'USD' }),
  WEBHOOK_MOST_PER_ENDPOINT: z.coerce.number().int().min(1).max(1_000).default(128),
  WEBHOOK_PROXY: httpUrl.optional(),
  WEBHOOK_ALLOW_TARGETS: hostPorts.default([]),
  WEBHOOK_RETRY_WAITS: commaList.pipe(z.array(durationMs).min(1)).default([...retryWaitsMs]),
  PAY_WINDOW: durationMs.default(defaultClocks.payWindowMs),
  POLL_GRACE: durationMs.default(defaultClocks.pollGraceMs),
  PARTIAL_WINDOW: durationMs.default(defaultClocks.partialWindowMs),
  LATE_WATCH: durationMs.default(defaultClocks.lateWatchMs),
  SLOW_CONFIRMATION: durationMs.default(defaultClocks.slowConfirmationMs),
  RECONCILE_EVERY: durationMs.default(5 * minute),
  SWEEP_EVERY: durationMs.default(minute),
});

/** After `NOWPAYMENTS_` for live orders, after `NOWPAYMENTS_SANDBOX_` for test orders. */
export const providerEnvironment = z.object({
  API_URL: httpUrl.optional(),
  API_KEY: z.string().optional(),
  API_KEY_PREVIOUS: z.string().optional(),
  IPN_SECRET: z.string().optional(),
  IPN_SECRET_PREVIOUS: z.string().optional(),
  EMAIL: z.string().optional(),
  PASSWORD: z.string().optional(),
  PAYOUT_COIN: z
    .string()
    .regex(/^[a-z0-9]{2,20}$/)
    .optional(),
  MAX_RPS: z.coerce.number().positive().default(5),
});
