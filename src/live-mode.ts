import { BlockList, isIP } from 'node:net';
import { databaseEndpoint } from './db/endpoint.js';
import { keyFault, secretFault } from './domain/access/secret-strength.js';
import { defaultApiUrl } from './gateway/provider-account.js';
import { temporalEndpoint } from './temporal/connection.js';

type Environment = Readonly<Record<string, string | undefined>>;

interface Pair {
  readonly apiUrl: string;
  readonly ipnSecret: string | null;
}

interface Pairs {
  readonly live: Pair | null;
  readonly test: Pair | null;
}

/** What of an installation's settings is judged here. */
interface Judged {
  readonly provider: Pairs;
  readonly publicUrl: string;
  readonly webhookAllowTargets: readonly string[];
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string | null;
  readonly allowPlaintextTo: readonly string[];
  readonly masterKeys: readonly Buffer[];
  readonly receiptSigning: { readonly current: Buffer | null; readonly previous: readonly Buffer[] };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host is this machine, so that what is said to it crosses no network. A path is a socket. */
export function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === '' || bare.startsWith('/') || bare.toLowerCase() === 'localhost') return true;
  const family = isIP(bare);
  return family !== 0 && loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

const sandboxHost = new URL(defaultApiUrl.test).hostname;
const isSandbox = (host: string) => host === sandboxHost;
const isNowpayments = (host: string) => /(^|\.)nowpayments\.io$/.test(host);

/**
 * What moves real coins, by the name of its variable; null: nothing does. A live key does, unless it is spoken to on this
 * machine or at the provider's sandbox; a sandbox key does when its address is the real provider's. What an installation is
 * called changes nothing: `prod`, a typo and nothing at all are the same to the coins.
 */
export function realCoinsBy({ live, test }: Pairs): string | null {
  const host = (settings: Pair) => new URL(settings.apiUrl).hostname;
  if (live && !isThisMachine(host(live)) && !isSandbox(host(live))) return 'NOWPAYMENTS_API_KEY';
  if (test && isNowpayments(host(test)) && !isSandbox(host(test))) return 'NOWPAYMENTS_SANDBOX_API_URL';
  return null;
}

/** Whether what is asked of a provider is answered on this machine, where only a simulator can be. */
export function isSimulated(pair: Pair | null): boolean {
  return pair !== null && isThisMachine(new URL(pair.apiUrl).hostname);
}

/** What may be convenient in development and is dangerous with real money. */
export function unsafeForLive(config: Judged, env: Environment): string[] {
  const { provider, webhookAllowTargets, publicUrl } = config;
  const faults: string[] = [];
  if (!provider.live) faults.push('NOWPAYMENTS_API_KEY: required in production');
  if (!env.NOWPAYMENTS_IPN_SECRET) faults.push('NOWPAYMENTS_IPN_SECRET: required in production');
  if (provider.test && !provider.test.ipnSecret)
    faults.push('NOWPAYMENTS_SANDBOX_IPN_SECRET: required beside its API key');
  if (webhookAllowTargets.length > 0)
    faults.push('WEBHOOK_ALLOW_TARGETS: refused in production, it opens private addresses');
  if (!publicUrl.startsWith('https://')) faults.push('PUBLIC_URL: https in production, NOWPayments calls it');
  return [...faults, ...providerFaults(config), ...weakSecrets(config, env), ...plaintextFaults(config, env)];
}

function providerFaults({ provider }: Judged): string[] {
  const pairs = [
    ['NOWPAYMENTS_', provider.live],
    ['NOWPAYMENTS_SANDBOX_', provider.test],
  ] as const;
  return pairs
    .filter(([, settings]) => settings && !settings.apiUrl.startsWith('https://'))
    .map(([prefix]) => `${prefix}API_URL: https in production, keys and addresses cross it`);
}

const sharedSecrets = ['API_KEY', 'API_KEY_PREVIOUS', 'IPN_SECRET', 'IPN_SECRET_PREVIOUS', 'PASSWORD'];

function weakSecrets(config: Judged, env: Environment): string[] {
  const ofProvider = ['NOWPAYMENTS_', 'NOWPAYMENTS_SANDBOX_'].flatMap((prefix) =>
    sharedSecrets.map((name) => [prefix + name, env[prefix + name]] as const),
  );
  // A socket's file and this machine's loopback may do without; a password that is there shall be one.
  const ofDatabase = databaseWays(config).map(({ variable, host, password }) => {
    return [variable, password ?? (isThisMachine(host) ? undefined : '')] as const;
  });
  const words = [...ofProvider, ...ofDatabase].flatMap(([name, secret]) => {
    const fault = secret === undefined ? null : secretFault(secret);
    return fault === null ? [] : [`${name}: ${name.startsWith('DATABASE_') ? 'its password is ' : ''}${fault}`];
  });
  const { masterKeys, receiptSigning } = config;
  const [current, ...previous] = masterKeys;
  const keys = [
    ['QUITTANCE_MASTER_KEY', current ? [current] : []],
    ['QUITTANCE_MASTER_KEY_PREVIOUS', previous],
    ['RECEIPT_SIGNING_KEY', receiptSigning.current ? [receiptSigning.current] : []],
    ['RECEIPT_SIGNING_KEY_PREVIOUS', receiptSigning.previous],
  ] as const;
  const drawn = keys.flatMap(([name, each]) =>
    each.map((bytes) => keyFault(bytes)).flatMap((fault) => (fault === null ? [] : [`${name}: ${fault}`])),
  );
  return [...words, ...drawn];
}

function databaseWays({ databaseUrl, databaseDirectUrl }: Judged) {
  const direct = databaseDirectUrl === null ? [] : [['DATABASE_DIRECT_URL', databaseDirectUrl] as const];
  const ways = [['DATABASE_URL', databaseUrl] as const, ...direct];
  return ways.map(([variable, url]) => ({ ...databaseEndpoint(url), variable }));
}

/** Our own servers on other machines: TLS, or a name in the list of those where somebody answers for the network. */
function plaintextFaults(config: Judged, env: Environment): string[] {
  const { allowPlaintextTo } = config;
  const temporal = temporalEndpoint(env);
  const ways = [
    ...databaseWays(config).map((way) => ({ ...way, mend: 'add ?sslmode=verify-full' })),
    { ...temporal, variable: 'TEMPORAL_ADDRESS', mend: 'set TEMPORAL_TLS or TEMPORAL_API_KEY' },
  ];
  return ways
    .filter(({ host, isEncrypted }) => !isEncrypted && !isThisMachine(host))
    .map(({ host, port, variable, mend }) => ({ target: `${host}:${port}`, variable, mend }))
    .filter(({ target }) => !allowPlaintextTo.includes(target))
    .map(
      ({ target, variable, mend }) => `${variable}: ${target} without TLS: ${mend}, or name it in ALLOW_PLAINTEXT_TO`,
    );
}
