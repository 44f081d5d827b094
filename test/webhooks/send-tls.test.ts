import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls, { type ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSender } from '../../src/webhooks/send.js';
import { type Receiver, startReceiver } from './receiver.js';

let merchant: Receiver;
let cert: string;
const servernames: string[] = [];

/** A certificate for merchant.test, made for this run. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-tls-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=merchant.test', '-addext', 'subjectAltName=DNS:merchant.test'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...made, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  cert = readFileSync(certFile, 'utf8');
  const key = readFileSync(keyFile, 'utf8');
  rmSync(folder, { recursive: true });
  const context = tls.createSecureContext({ key, cert });
  merchant = await startReceiver((response) => response.writeHead(200).end('ok'), {
    key,
    cert,
    SNICallback: (name, done) => {
      servernames.push(name);
      done(null, context);
    },
  });
});

afterEach(() => vi.restoreAllMocks());
afterAll(() => merchant.close());

async function sendTo(host: string) {
  const target = `${host}:${merchant.port}`;
  const sender = createSender({
    allowTargets: [target],
    ownHosts: [],
    lookup: () => Promise.resolve(['127.0.0.1']),
  });
  try {
    return await sender.send({ endpointId: 'whk_1', url: `https://${target}/hook`, body: '{}', headers: {} });
  } finally {
    await sender.close();
  }
}

function trustOurCertificate(): void {
  const connect = tls.connect.bind(tls) as (options: ConnectionOptions) => tls.TLSSocket;
  vi.spyOn(tls, 'connect').mockImplementation(((options: ConnectionOptions) =>
    connect({ ...options, ca: cert })) as unknown as typeof tls.connect);
}

describe('an https target', () => {
  it('is dialled by address and addressed by name, in SNI and Host', async () => {
    trustOurCertificate();
    expect(await sendTo('merchant.test')).toMatchObject({ ok: true, status: 200 });
    expect(servernames.at(-1)).toBe('merchant.test');
    expect(merchant.received.at(-1)?.headers.host).toBe(`merchant.test:${merchant.port}`);
  });

  it('must show a certificate for its name', async () => {
    trustOurCertificate();
    const before = merchant.received.length;
    expect(await sendTo('other.test')).toMatchObject({
      ok: false,
      status: null,
      error: 'TLS failed: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(merchant.received).toHaveLength(before);
  });

  it.each([undefined, '0'])('must show a trusted one, also with NODE_TLS_REJECT_UNAUTHORIZED=%s', async (setting) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', setting);
    const before = merchant.received.length;
    expect(await sendTo('merchant.test')).toMatchObject({
      ok: false,
      error: 'TLS failed: DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(merchant.received).toHaveLength(before);
    vi.unstubAllEnvs();
  });
});
