import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../scripts/doctor/examine.js';
import { Away } from '../../src/outage.js';
import { neededTemporal } from '../../src/start.js';
import { type Authority, type Certificate, createAuthority } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { testTemporal, type TestTemporal } from '../support/temporal.js';
import { type FrontOptions, startTlsFront, type TlsFront } from '../support/tls-front.js';

let ours: Authority;
let foreign: Authority;
let server: Certificate;
let client: Certificate;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(() => {
  ours = createAuthority();
  foreign = createAuthority();
  server = ours.sign('server');
  client = ours.sign('client');
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  ours?.remove();
  foreign?.remove();
});

async function front(target: string, options: FrontOptions): Promise<TlsFront> {
  const started = await startTlsFront(target, options);
  open.push(started);
  return started;
}

const trusting = (by: Certificate) => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: by.certFile });
const as = (who: Certificate) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: who.certFile,
  TEMPORAL_TLS_CLIENT_KEY_PATH: who.keyFile,
});

describe('Temporal behind mutual TLS', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      async temporalBy(address) {
        const before = await front(address, { certificate: server, clientAuthority: ours });
        return { TEMPORAL_ADDRESS: before.address, ...trusting(ours), ...as(client) };
      },
    });
  }, 120_000);
  afterAll(() => stack?.close());

  it('serves API, worker and doctor alike: an order is paid', async () => {
    const { body } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: body.order_id });
    await eventually(async () => {
      const order = await stack.live.call('GET', `/v1/billing/crypto-orders/${body.order_id}`);
      expect(order.body.status).toBe('paid');
    });
    const { findings } = await examine(stack.env);
    expect(findings.filter(({ area, level }) => area === 'temporal' && level === 'bad')).toEqual([]);
  });
});

describe('a start', () => {
  let temporal: TestTemporal;
  const start = (address: string, env: Record<string, string>) =>
    neededTemporal({ address, namespace: temporal.namespace, env }).ask();
  beforeAll(async () => {
    temporal = await testTemporal();
    open.push(temporal);
  });

  it('goes on where names and authorities fit, also by another name', async () => {
    const named = await front(temporal.address, { certificate: ours.sign('elsewhere', 'DNS:temporal.example.com') });
    const name = { TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' };
    await expect(start(named.address, { ...trusting(ours), ...name })).resolves.toBeUndefined();
  });

  it('says what is wrong with certificates, instead of waiting', async () => {
    const anybody = await front(temporal.address, { certificate: server });
    const known = await front(temporal.address, { certificate: server, clientAuthority: ours });
    const named = await front(temporal.address, { certificate: ours.sign('elsewhere', 'DNS:temporal.example.com') });
    const cases: [env: Record<string, string>, at: string, says: RegExp][] = [
      [
        trusting(foreign),
        anybody.address,
        /signed by nobody who is trusted here: set TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
      ],
      [{ TEMPORAL_TLS: 'true' }, anybody.address, /signed by nobody who is trusted here/],
      [trusting(ours), named.address, /its certificate has another name: set TEMPORAL_TLS_SERVER_NAME/],
      [{}, anybody.address, /it speaks TLS: set TEMPORAL_TLS=true/],
      [trusting(ours), temporal.address, /it speaks no TLS: take TEMPORAL_TLS… away/],
      [trusting(ours), known.address, /it does not accept our certificate: set TEMPORAL_TLS_CLIENT_CERT_PATH/],
    ];
    for (const [env, at, says] of cases) {
      const failure = await start(at, env).then(
        () => new Error('it went on'),
        (thrown: unknown) => thrown as Error,
      );
      expect(failure.message, at).toMatch(says);
      expect(failure.message).toContain(`Temporal at ${at}`);
      expect(neededTemporal().isAway(failure), says.source).toBe(false);
    }
  }, 60_000);

  it('is told the same by the doctor', async () => {
    const anybody = await front(temporal.address, { certificate: server });
    const database = 'postgres://nobody@127.0.0.1:9/none';
    const settings = { DATABASE_URL: database, QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64') };
    const { findings } = await examine({ ...settings, TEMPORAL_ADDRESS: anybody.address, ...trusting(foreign) });
    const says = findings.filter(({ area }) => area === 'temporal').map((finding) => finding.says);
    expect(says).toEqual([expect.stringMatching(/does not answer: .*signed by nobody who is trusted here/)]);
  });

  it('waits for a server that is away, and for a certificate that is to be renewed', async () => {
    const gone = await start('127.0.0.1:9', trusting(ours)).catch((thrown: unknown) => thrown);
    expect(neededTemporal().isAway(gone)).toBe(true);
    expect(neededTemporal().isAway(new Away('its certificate is not of today'))).toBe(true);
    const known = await front(temporal.address, { certificate: server, clientAuthority: ours });
    const silent = await start(known.address, { ...trusting(ours), ...as(foreign.sign('stranger')) }).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect(String(silent)).toMatch(/it hangs up after the handshake: it starts, or wants another certificate of ours/);
    expect(neededTemporal().isAway(silent)).toBe(true); // as a proxy does whose server is not up yet
  });
});

describe('a start before a proxy whose server is away', () => {
  // Some close at once, some after the first words, as their server would have: neither says what that server speaks.
  it.each<[string, (socket: Socket) => void]>([
    ['that hangs up at once', (socket) => socket.destroy()],
    ['that hangs up at the first words', (socket) => socket.on('error', () => {}).once('data', () => socket.destroy())],
    ['that resets', (socket) => socket.resetAndDestroy()],
  ])(
    '%s waits',
    async (_, hangUp) => {
      const proxy = createServer(hangUp).listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      try {
        for (const env of [{}, trusting(ours)]) {
          const needed = neededTemporal({ address, namespace: 'default', env });
          const failure: unknown = await needed.ask().catch((thrown: unknown) => thrown);
          expect(needed.isAway(failure), String(failure)).toBe(true);
        }
      } finally {
        proxy.close();
      }
    },
    60_000,
  );
});

describe('an API key', () => {
  it('is sent by TLS alone, with the namespace, and its refusal is said', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const cloud = createSecureServer({ cert: server.cert, key: server.key });
    cloud.on('stream', (stream, headers) => {
      seen.push(headers);
      const refusal = { 'grpc-status': seen.length > 1 ? '7' : '16', 'grpc-message': 'no' };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true });
    });
    cloud.listen(0, '127.0.0.1');
    await once(cloud, 'listening');
    const address = `127.0.0.1:${(cloud.address() as AddressInfo).port}`;
    const needed = neededTemporal({
      address,
      namespace: 'shop.a1b2c',
      env: { TEMPORAL_API_KEY: 'drawn-by-the-cloud', ...trusting(ours) },
    });
    try {
      await expect(needed.ask()).rejects.toThrow('Temporal does not know us: TEMPORAL_API_KEY');
      await expect(needed.ask()).rejects.toThrow('Temporal refuses us the namespace shop.a1b2c');
      expect(seen[0]).toMatchObject({ authorization: 'Bearer drawn-by-the-cloud', 'temporal-namespace': 'shop.a1b2c' });
    } finally {
      cloud.close();
    }
  });
});
