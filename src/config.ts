import type { z } from 'zod';
import { environment, providerEnvironment } from './config-schema.js';
import type { Tolerance } from './domain/money.js';
import type { Price } from './domain/currency.js';
import type { Product } from './domain/merchant/products.js';
import type { Clocks } from './domain/timing.js';
import { defaultApiUrl } from './gateway/provider-account.js';
import { realCoinsBy, unsafeForLive } from './live-mode.js';
import { temporalSettingFaults } from './temporal/connection-faults.js';

/** One account at NOWPayments. Live orders use one, test orders another. */
export interface ProviderSettings {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly apiKeyPrevious: string | null; // still needed to read what it minted
  readonly ipnSecret: string | null; // null: IPNs of this mode are not received
  readonly ipnSecretPrevious: string | null;
  readonly email: string | null; // with the password: the payment list, for looking before a second mint
  readonly password: string | null;
  readonly payoutCoin: string | null;
  readonly maxRps: number;
}

export interface Config {
  readonly production: boolean; // real money: NODE_ENV says so, or a provider's key or address does
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string | null; // past the pooler that the other one leads through; null: it does not
  readonly allowPlaintextTo: readonly string[]; // host:port of our own servers that are spoken to without TLS
  readonly databasePoolMax: number;
  readonly namedStatements: boolean;
  readonly firstTriesMax: number; // steps that a worker tries inside its workflow tasks at a time
  readonly cachedWorkflowsMax: number; // orders that a worker keeps in memory between two of their tasks
  readonly webhookPoolMax: number; // connections of the deliveries, beside those of the money
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number | null; // null: operators' routes are where everything is
  readonly adminAllow: readonly string[]; // addresses and networks that may come in there; empty: all
  readonly metricsHost: string;
  readonly metricsPort: number | null; // null: off
  readonly workerMetricsPort: number | null;
  readonly temporalMetricsPort: number | null; // of the worker's Temporal SDK
  readonly workerBuildId: string | null; // the version that a worker's orders are pinned to; null: any worker takes any task
  readonly otlpEndpoint: string | null; // where traces go; null: nowhere
  readonly brandName: string; // what payers, operators and receipts call this installation
  readonly publicUrl: string; // base of payment_url and of ipn_callback_url, without a trailing slash
  readonly trustedProxies: readonly string[]; // addresses or networks whose x-forwarded-for is believed
  readonly maxLiveStreams: number; // payment pages that one API process keeps informed; further ones ask by themselves
  readonly maxLiveStreamsPerAddress: number; // those of one address, or of one /64
  readonly maxPagesPerAddress: number; // calls a minute of /pay, of /console, of /readyz from one
  readonly masterKeys: readonly [current: Buffer, ...previous: Buffer[]];
  readonly receiptSigning: { readonly current: Buffer | null; readonly previous: readonly Buffer[] }; // seeds; null: derived
  readonly consolePassword: string | null; // makes the console's first operator, `admin`, where there is none; null: nobody is made
  readonly temporalUiUrl: string | null; // where operators look at workflows; null: no links
  readonly provider: { readonly live: ProviderSettings | null; readonly test: ProviderSettings | null };
  readonly priceMode: 'caller' | 'catalogue';
  readonly products: readonly Product[];
  readonly maxPriceCents: number;
  readonly tolerance: Tolerance;
  readonly allowLiveApplyIpn: boolean;
  readonly fourEyesAbove: Price | null; // null: one operator is enough
  readonly webhookMostPerEndpoint: number; // attempts on the wire of one endpoint, all workers together
  readonly webhookProxy: string | null; // deliveries go through it; null: straight
  readonly webhookAllowTargets: readonly string[]; // host:port, for development and tests
  readonly webhookRetryWaitsMs: readonly number[];
  readonly clocks: Clocks;
  readonly reconcileEveryMs: number;
  readonly sweepEveryMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses the environment once. Throws one error that names every variable at fault. */
export function loadConfig(env: Environment): Config {
  const given = withoutBlanks(env);
  const faults: string[] = [];
  const parsed = collect(environment, given, '', faults);
  const live = provider('NOWPAYMENTS_', defaultApiUrl.live, given, faults);
  const test = provider('NOWPAYMENTS_SANDBOX_', defaultApiUrl.test, given, faults);
  if (parsed && parsed.ADMIN_PORT === null && parsed.ADMIN_ALLOW.length > 0)
    faults.push('ADMIN_ALLOW: guards the address of ADMIN_PORT, which is off');
  faults.push(...temporalSettingFaults(given));
  if (!parsed || faults.length > 0) throw refusal(faults);
  const config = shape(parsed, { live, test });
  if (config.production) faults.push(...unsafeForLive(config, given));
  if (faults.length > 0) throw refusal(parsed.NODE_ENV === 'production' ? faults : [whyLive(config), ...faults]);
  return deepFreeze(config);
}

function whyLive({ provider }: Config): string {
  return `${realCoinsBy(provider) ?? 'NODE_ENV'}: this moves real coins, so what holds in production holds here`;
}

function shape(env: z.infer<typeof environment>, provider: Config['provider']): Config {
  return {
    production: env.NODE_ENV === 'production' || realCoinsBy(provider) !== null,
    logLevel: env.LOG_LEVEL,
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL ?? null,
    allowPlaintextTo: env.ALLOW_PLAINTEXT_TO,
    databasePoolMax: env.DATABASE_POOL_MAX,
    namedStatements: env.DATABASE_NAMED_STATEMENTS ?? env.DATABASE_DIRECT_URL === undefined,
    firstTriesMax: env.FIRST_TRIES_MAX,
    cachedWorkflowsMax: env.CACHED_WORKFLOWS_MAX,
    webhookPoolMax: env.WEBHOOK_POOL_MAX,
    host: env.HOST,
    port: env.PORT,
    adminHost: env.ADMIN_HOST,
    adminPort: env.ADMIN_PORT,
    adminAllow: env.ADMIN_ALLOW,
    metricsHost: env.METRICS_HOST,
    metricsPort: env.METRICS_PORT,
    workerMetricsPort: env.WORKER_METRICS_PORT,
    temporalMetricsPort: env.TEMPORAL_METRICS_PORT,
    workerBuildId: env.WORKER_BUILD_ID,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    brandName: env.BRAND_NAME,
    publicUrl: env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`,
    trustedProxies: env.TRUSTED_PROXIES,
    maxLiveStreams: env.MAX_LIVE_STREAMS,
    maxLiveStreamsPerAddress: env.MAX_LIVE_STREAMS_PER_ADDRESS,
    maxPagesPerAddress: env.MAX_PAGES_PER_ADDRESS,
    masterKeys: [env.QUITTANCE_MASTER_KEY, ...env.QUITTANCE_MASTER_KEY_PREVIOUS],
    receiptSigning: { current: env.RECEIPT_SIGNING_KEY ?? null, previous: env.RECEIPT_SIGNING_KEY_PREVIOUS },
    consolePassword: env.CONSOLE_PASSWORD ?? null,
    temporalUiUrl: env.TEMPORAL_UI_URL ?? null,
    provider,
    priceMode: env.PRICE_MODE,
    products: env.PRODUCTS,
    maxPriceCents: env.MAX_PRICE_CENTS,
    tolerance: { under: env.TOLERANCE, over: env.TOLERANCE },
    allowLiveApplyIpn: env.ALLOW_LIVE_APPLY_IPN,
    fourEyesAbove: env.FOUR_EYES_ABOVE,
    webhookMostPerEndpoint: env.WEBHOOK_MOST_PER_ENDPOINT,
    webhookProxy: env.WEBHOOK_PROXY ?? null,
    webhookAllowTargets: env.WEBHOOK_ALLOW_TARGETS,
    webhookRetryWaitsMs: env.WEBHOOK_RETRY_WAITS,
    clocks: {
      payWindowMs: env.PAY_WINDOW,
      pollGraceMs: env.POLL_GRACE,
      partialWindowMs: env.PARTIAL_WINDOW,
      lateWatchMs: env.LATE_WATCH,
      slowConfirmationMs: env.SLOW_CONFIRMATION,
    },
    reconcileEveryMs: env.RECONCILE_EVERY,
    sweepEveryMs: env.SWEEP_EVERY,
  };
}

function provider(prefix: string, apiUrl: string, env: Environment, faults: string[]): ProviderSettings | null {
  const own = Object.entries(env).filter(([name]) => name.startsWith(prefix));
  const parsed = collect(
    providerEnvironment,
    Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])),
    prefix,
    faults,
  );
  if (!parsed?.API_KEY) return null;
  return {
    apiUrl: parsed.API_URL ?? apiUrl,
    apiKey: parsed.API_KEY,
    apiKeyPrevious: parsed.API_KEY_PREVIOUS ?? null,
    ipnSecret: parsed.IPN_SECRET ?? null,
    ipnSecretPrevious: parsed.IPN_SECRET_PREVIOUS ?? null,
    email: parsed.EMAIL ?? null,
    password: parsed.PASSWORD ?? null,
    payoutCoin: parsed.PAYOUT_COIN ?? null,
    maxRps: parsed.MAX_RPS,
  };
}

function collect<T extends z.ZodType>(shape: T, env: Environment, prefix: string, faults: string[]): z.infer<T> | null {
  const parsed = shape.safeParse(env);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const name = `${prefix}${String(path[0])}`;
    faults.push(`${name}: ${env[String(path[0])] === undefined ? 'required' : message}`);
  }
  return null;
}

function refusal(faults: readonly string[]): Error {
  return new Error(`The environment is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** `NAME=` in a shell or a compose file means "not set". */
function withoutBlanks(env: Environment): Environment {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value));
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value; // bytes cannot be frozen
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
