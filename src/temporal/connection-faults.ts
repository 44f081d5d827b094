import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { isGrpcServiceError } from '@temporalio/client';
import { endpointOf, type Target } from './connection.js';

type Environment = Readonly<Record<string, string | undefined>>;

const materials = ['CLIENT_CERT', 'CLIENT_KEY', 'SERVER_CA_CERT'] as const;
type Material = (typeof materials)[number];

/** What the SDK would ignore of Temporal's settings, or fail at without a name; each begins with its variable. */
export function temporalSettingFaults(env: Environment): string[] {
  const read = new Map<Material, Buffer>();
  const faults = materials.flatMap((material) => {
    const found = materialOf(env, material);
    if (Buffer.isBuffer(found)) read.set(material, found);
    return typeof found === 'string' ? [found] : [];
  });
  if (faults.length > 0) return faults;
  return [...flagFaults(env, read.size > 0), ...certificateFaults(read)];
}

/** Its bytes, what is wrong with them, or nothing: it is not set. */
function materialOf(env: Environment, material: Material): Buffer | string | null {
  const byPath = `TEMPORAL_TLS_${material}_PATH`;
  const byData = `TEMPORAL_TLS_${material}_DATA`;
  const path = env[byPath];
  const data = env[byData];
  if (path && data) return `${byPath}: stands beside ${byData}: take one away`;
  if (data) return Buffer.from(data);
  if (!path) return null;
  try {
    return readFileSync(path);
  } catch (failure) {
    return `${byPath}: ${(failure as Error).message}`;
  }
}

function flagFaults(env: Environment, hasMaterial: boolean): string[] {
  const isOff = /^(0|false)$/i.test(env.TEMPORAL_TLS ?? '');
  const unchecked = /^(1|true)$/i.test(env.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION ?? '');
  return [
    ...(isOff && hasMaterial ? ['TEMPORAL_TLS: false, and certificates beside it: take one away'] : []),
    ...(isOff && env.TEMPORAL_API_KEY ? ['TEMPORAL_TLS: false would send TEMPORAL_API_KEY in clear'] : []),
    ...(unchecked
      ? [
          'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: there is no such thing here: say the name by TEMPORAL_TLS_SERVER_NAME',
        ]
      : []),
  ];
}

function certificateFaults(read: ReadonlyMap<Material, Buffer>): string[] {
  const [cert, key, authority] = materials.map((material) => read.get(material));
  const isHalf = (cert === undefined) !== (key === undefined);
  if (isHalf) return [`TEMPORAL_TLS_CLIENT_${cert ? 'KEY' : 'CERT'}_PATH: required beside the other one of the pair`];
  const faults: string[] = [];
  if (authority && failureOf(() => new X509Certificate(authority)) !== null) {
    faults.push('TEMPORAL_TLS_SERVER_CA_CERT_PATH: not a certificate in PEM');
  }
  const pair = cert && key ? failureOf(() => createSecureContext({ cert, key })) : null;
  if (pair !== null) faults.push(`TEMPORAL_TLS_CLIENT_CERT_PATH: not a certificate in PEM with its key (${pair})`);
  return faults;
}

function failureOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (failure) {
    return (failure as Error).message;
  }
}

/** Why nobody answers, in a sentence. `passes`: it may without anything being set otherwise here. */
export interface ConnectionFault {
  readonly says: string;
  readonly passes: boolean;
}

const reasons: readonly [code: RegExp, says: string, passes?: true][] = [
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'its certificate is not of today: renew it, or set the clocks right', true],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ISSUER/,
    'its certificate is signed by nobody who is trusted here: set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the certificate of its authority',
  ],
  [
    /ALTNAME_INVALID/,
    'its certificate has another name: set TEMPORAL_TLS_SERVER_NAME to that, or TEMPORAL_ADDRESS right',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH/, 'it speaks no TLS: take TEMPORAL_TLS… away, or set TEMPORAL_ADDRESS right'],
  [
    /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/,
    'it does not accept our certificate: set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to a pair that it knows',
  ],
  // Without a word: some refuse a certificate so, and so does a proxy whose server starts.
  [
    /HUNG_UP|ECONNRESET/,
    'it hangs up after the handshake: it starts, or wants another certificate of ours (TEMPORAL_TLS_CLIENT_CERT_PATH)',
    true,
  ],
];

/** Temporal's client says of all these that its time was over. So the handshake is tried once by itself; null: it is well, or nobody is there. */
export async function connectionFault(options: Target): Promise<ConnectionFault | null> {
  const { host, port, isEncrypted } = endpointOf(options);
  const at = `Temporal at ${host}:${port}: `;
  const failure = await handshake(options);
  if (failure === null) return null;
  const code = failure.code ?? '';
  if (!isEncrypted) {
    // A server of TLS takes our greeting for nonsense, and answers with an alert or hangs up.
    const isOdd = code === '' || code === hungUp || code === 'ECONNRESET';
    if (!isOdd || !(await speaksTls({ address: options.address }))) return null;
    return { says: `${at}it speaks TLS: set TEMPORAL_TLS=true, or TEMPORAL_API_KEY`, passes: false };
  }
  const [, says, passes = false] = reasons.find(([pattern]) => pattern.test(code)) ?? [];
  return says === undefined ? null : { says: `${at}${says} (${code})`, passes };
}

const handshakeMs = 3_000;
// HTTP/2's first words, with settings of none: a server of gRPC answers them with its own.
const greeting = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const hungUp = 'HUNG_UP';

/** Null once the other side has greeted us: a client's certificate is judged only after TLS is there. */
function handshake(target: Target): Promise<NodeJS.ErrnoException | null> {
  const { host, port, isEncrypted } = endpointOf(target);
  const way = { host, port: Number(port) };
  const socket = isEncrypted ? connectTls({ ...way, ...tlsOptions(target), ALPNProtocols: ['h2'] }) : connect(way);
  return new Promise((resolve) => {
    const end = (failure: NodeJS.ErrnoException | null) => {
      socket.destroy();
      resolve(failure);
    };
    socket.setTimeout(handshakeMs, () => end(new Error('no greeting')));
    socket.on('error', end);
    socket.on('close', () => end(Object.assign(new Error('it hung up'), { code: hungUp })));
    socket.once(isEncrypted ? 'secureConnect' : 'connect', () => socket.write(greeting));
    socket.once('data', (answer: Buffer) => end(answer[3] === 4 ? null : new Error('it speaks no gRPC')));
  });
}

function tlsOptions({ tls, address }: Target) {
  const given = typeof tls === 'object' && tls !== null ? tls : {};
  const { host } = endpointOf({ address });
  const servername = given.serverNameOverride ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(given.serverRootCACertificate ? { ca: Buffer.from(given.serverRootCACertificate) } : {}),
    ...(given.clientCertPair
      ? { cert: Buffer.from(given.clientCertPair.crt), key: Buffer.from(given.clientCertPair.key) }
      : {}),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Whether TLS answers at all, trusted or not. Who hangs up before that, as a proxy whose server is away, says nothing of it. */
function speaksTls({ address }: Pick<Target, 'address'>): Promise<boolean> {
  const { host, port } = endpointOf({ address });
  const socket = connectTls({ host, port: Number(port), ...tlsOptions({ address }), rejectUnauthorized: false });
  return new Promise((resolve) => {
    const end = (isTls: boolean) => {
      socket.destroy();
      resolve(isTls);
    };
    socket.setTimeout(handshakeMs, () => end(false));
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => end(code.includes('ALERT_')));
    socket.on('close', () => end(false));
    socket.once('secureConnect', () => end(true));
  });
}

const unauthenticated = 16;
const permissionDenied = 7;

/** What Temporal itself says of who we are; null: something else. */
export function refusalByTemporal(failure: unknown, namespace: string): string | null {
  if (!isGrpcServiceError(failure)) return null;
  const words = failure.details || failure.message;
  if (failure.code === unauthenticated)
    return `Temporal does not know us: TEMPORAL_API_KEY or the client's certificate (${words})`;
  if (failure.code !== permissionDenied) return null;
  return `Temporal refuses us the namespace ${namespace}: TEMPORAL_NAMESPACE, or the rights of TEMPORAL_API_KEY (${words})`;
}

/** The worker's side is stricter with certificates, and says so in its own words; null: something else. */
export function refusalByWorker(failure: unknown): string | null {
  if (!(failure instanceof Error) || !/Invalid(Certificate|Message)\(/.test(failure.message)) return null;
  return `Temporal's certificate is none that a worker takes, such as one of an authority for a server: ${failure.message}`;
}
