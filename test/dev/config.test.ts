import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';

const key = Buffer.alloc(32, 7).toString('base64');
const least = { DATABASE_URL: 'postgres://u:p@127.0.0.1:5499/quittance', QUITTANCE_MASTER_KEY: key };
const production = {
  ...least,
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://pay.example.com/',
  QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64'),
  DATABASE_URL: 'postgres://quittance:a-long-password@127.0.0.1:5499/quittance',
  NOWPAYMENTS_API_KEY: 'live-key-of-the-account',
  NOWPAYMENTS_IPN_SECRET: 'live-secret-of-the-account',
};

describe('the environment', () => {
  it('takes the names from statements where a pooler is declared, unless it is said to keep them', () => {
    const pooled = { ...least, DATABASE_DIRECT_URL: 'postgres://u:p@127.0.0.1:5432/quittance' };
    expect(loadConfig(least)).toMatchObject({ databaseDirectUrl: null, namedStatements: true });
    expect(loadConfig(pooled)).toMatchObject({ databaseDirectUrl: pooled.DATABASE_DIRECT_URL, namedStatements: false });
    expect(loadConfig({ ...pooled, DATABASE_NAMED_STATEMENTS: 'true' }).namedStatements).toBe(true);
  });

  it('needs a database and a master key, everything else has a default', () => {
    const config = loadConfig(least);
    expect(config).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      provider: { live: null, test: null },
      priceMode: 'caller',
      maxPriceCents: 1_000_000,
      tolerance: { under: '0.01', over: '0.01' },
      allowLiveApplyIpn: false,
      fourEyesAbove: { cents: 100_000, currency: 'USD' },
      clocks: {
        payWindowMs: 3_600_000,
        pollGraceMs: 120_000,
        partialWindowMs: 604_800_000,
        lateWatchMs: 604_800_000,
        slowConfirmationMs: 86_400_000,
      },
      reconcileEveryMs: 300_000,
    });
    expect(config.masterKeys).toEqual([Buffer.alloc(32, 7)]);
    expect(Object.isFrozen(config) && Object.isFrozen(config.clocks) && Object.isFrozen(config.products[0])).toBe(true);
  });

  it('names every variable at fault in one error', () => {
    const wrong = { PORT: 'eighty', PAY_WINDOW: '60', QUITTANCE_MASTER_KEY: 'short', NOWPAYMENTS_MAX_RPS: '0' };
    const attempt = () => loadConfig(wrong);
    expect(attempt).toThrow(/DATABASE_URL: required/);
    expect(attempt).toThrow(/PORT: .+\n/);
    expect(attempt).toThrow(/PAY_WINDOW: expected a duration with a unit, such as "60 minutes"/);
    expect(attempt).toThrow(/QUITTANCE_MASTER_KEY: expected 32 bytes/);
    expect(attempt).toThrow(/NOWPAYMENTS_MAX_RPS: /);
  });

  it.each([
    ['90 seconds', 90_000],
    ['1h 30m', 5_400_000],
    ['1.5 hours', 5_400_000],
    ['7 days', 604_800_000],
  ])('reads %s as a duration', (text, ms) => {
    expect(loadConfig({ ...least, PAY_WINDOW: text }).clocks.payWindowMs).toBe(ms);
  });

  it.each(['60', '-5 minutes', '0 seconds', 'soon', '5 parsecs'])('refuses %s as a duration', (text) => {
    expect(() => loadConfig({ ...least, PAY_WINDOW: text })).toThrow(/PAY_WINDOW/);
  });

  it('takes a blank for "not set" and trims the rest', () => {
    const pair = { NOWPAYMENTS_SANDBOX_API_KEY: ' k ', NOWPAYMENTS_SANDBOX_IPN_SECRET: ' ' };
    const config = loadConfig({ ...least, PAY_WINDOW: ' ', ...pair });
    expect(config.clocks.payWindowMs).toBe(3_600_000);
    expect(config.provider.test).toMatchObject({
      apiUrl: 'https://api-sandbox.nowpayments.io/v1',
      apiKey: 'k',
      ipnSecret: null,
      maxRps: 5,
    });
  });

  it.each([
    [undefined, 'Driftstack'],
    [' ', 'Driftstack'],
    [' Acme Pay ', 'Acme Pay'],
    ['Müller & Söhne 管理', 'Müller & Söhne 管理'],
    ['😀'.repeat(40), '😀'.repeat(40)],
  ])('of the name %j makes %j', (text, brandName) => {
    expect(loadConfig({ ...least, BRAND_NAME: text }).brandName).toBe(brandName);
  });

  it.each(['x'.repeat(41), 'a\nb', 'a\u202eb', 'a\u200bb', 'a\u0000b'])('refuses %j as a name', (text) => {
    expect(() => loadConfig({ ...least, BRAND_NAME: text })).toThrow(
      /BRAND_NAME: expected 1 to 40 printable characters/,
    );
  });

  it('keeps the sandbox apart from the live account', () => {
    const { provider } = loadConfig({
      ...least,
      NOWPAYMENTS_SANDBOX_API_KEY: 's',
      NOWPAYMENTS_SANDBOX_IPN_SECRET: 'i',
    });
    expect(provider.live).toBeNull();
    expect(provider.test).toMatchObject({
      apiUrl: 'https://api-sandbox.nowpayments.io/v1',
      apiKey: 's',
      ipnSecret: 'i',
    });
  });

  it('takes products, retry waits, targets and older keys as lists', () => {
    const config = loadConfig({
      ...least,
      PRODUCTS: '[{"id":"plan","prices":{"USD":100}}]',
      WEBHOOK_RETRY_WAITS: '1 second, 2 seconds',
      WEBHOOK_ALLOW_TARGETS: '127.0.0.1:9000, localhost:9001',
      QUITTANCE_MASTER_KEY_PREVIOUS: 'ab'.repeat(32),
    });
    expect(config.products).toEqual([{ id: 'plan', names: {}, prices: { USD: 100 } }]);
    expect(config.webhookRetryWaitsMs).toEqual([1_000, 2_000]);
    expect(config.webhookAllowTargets).toEqual(['127.0.0.1:9000', 'localhost:9001']);
    expect(config.masterKeys).toHaveLength(2);
  });
});

describe('production', () => {
  it('starts with its own provider account and a public address', () => {
    expect(loadConfig(production)).toMatchObject({ production: true, publicUrl: 'https://pay.example.com' });
  });

  it.each([
    ['without a provider key', { NOWPAYMENTS_API_KEY: '' }, /NOWPAYMENTS_API_KEY: required/],
    ['with an empty IPN secret', { NOWPAYMENTS_IPN_SECRET: '  ' }, /NOWPAYMENTS_IPN_SECRET: required/],
    ['with a sandbox that has no secret', { NOWPAYMENTS_SANDBOX_API_KEY: 's' }, /NOWPAYMENTS_SANDBOX_IPN_SECRET/],
    ['with private webhook targets', { WEBHOOK_ALLOW_TARGETS: '127.0.0.1:9000' }, /WEBHOOK_ALLOW_TARGETS: refused/],
    ['with an address NOWPayments cannot call', { PUBLIC_URL: '' }, /PUBLIC_URL: https/],
    ['without a master key', { QUITTANCE_MASTER_KEY: '' }, /QUITTANCE_MASTER_KEY: required/],
    ['with an all-zero master key', { QUITTANCE_MASTER_KEY: '00'.repeat(32) }, /QUITTANCE_MASTER_KEY: not random/],
    ['with a typed master key', { QUITTANCE_MASTER_KEY: btoa('abc'.repeat(11).slice(1)) }, /MASTER_KEY: not random/],
    ['with an old key of zeros', { QUITTANCE_MASTER_KEY_PREVIOUS: '00'.repeat(32) }, /KEY_PREVIOUS: not random/],
    ['with a receipt key of one letter', { RECEIPT_SIGNING_KEY: 'aa'.repeat(32) }, /RECEIPT_SIGNING_KEY: not random/],
    ['with an IPN secret of one character', { NOWPAYMENTS_IPN_SECRET: 'x' }, /NOWPAYMENTS_IPN_SECRET: shorter/],
    ['with an old IPN secret of one character', { NOWPAYMENTS_IPN_SECRET_PREVIOUS: 'x' }, /SECRET_PREVIOUS: shorter/],
    ['with one letter for an API key', { NOWPAYMENTS_API_KEY: 'a'.repeat(31) }, /NOWPAYMENTS_API_KEY: made of fewer/],
    ['with aaaa… for the console', { CONSOLE_PASSWORD: 'a'.repeat(16) }, /CONSOLE_PASSWORD: .*different characters/],
    [
      'with aaaa… for the database',
      { DATABASE_URL: `postgres://q:${'a'.repeat(16)}@127.0.0.1/q` },
      /DATABASE_URL: its/,
    ],
    [
      'with http to the provider',
      { NOWPAYMENTS_API_URL: 'http://api.nowpayments.io/v1' },
      /NOWPAYMENTS_API_URL: https/,
    ],
    ['with a word that is no environment', { NODE_ENV: 'prod' }, /NODE_ENV: /],
    ['with http to the world', { PUBLIC_URL: 'http://pay.example.com' }, /PUBLIC_URL: https/],
  ])('refuses to start %s', (_, change, fault) => {
    expect(() => loadConfig({ ...production, ...change })).toThrow(fault);
  });

  it.each([
    ['a live key', {}],
    ['a live key at the real address', { NOWPAYMENTS_API_URL: 'https://api.nowpayments.io/v1' }],
    ['a live key at an address in between', { NOWPAYMENTS_API_URL: 'https://proxy.example.com/v1' }],
    [
      'a sandbox key at the real address',
      {
        NOWPAYMENTS_API_URL: 'http://127.0.0.1:8090/v1',
        NOWPAYMENTS_SANDBOX_API_KEY: 'sandbox-key-of-the-account',
        NOWPAYMENTS_SANDBOX_IPN_SECRET: 'sandbox-secret-of-the-account',
        NOWPAYMENTS_SANDBOX_API_URL: 'https://api.nowpayments.io/v1',
      },
    ],
  ])('is what %s makes of any installation, whatever it is called', (_, change) => {
    for (const NODE_ENV of ['', 'development', 'test']) {
      const unsafe = { ...production, ...change, NODE_ENV, WEBHOOK_ALLOW_TARGETS: '127.0.0.1:9000' };
      expect(() => loadConfig(unsafe)).toThrow(/this moves real coins/);
      expect(() => loadConfig(unsafe)).toThrow(/WEBHOOK_ALLOW_TARGETS: refused/);
    }
    if (!('NOWPAYMENTS_SANDBOX_API_KEY' in change)) {
      expect(loadConfig({ ...production, ...change, NODE_ENV: '' }).production).toBe(true);
    }
  });

  it.each([
    ['a simulator on this machine', { NOWPAYMENTS_API_URL: 'http://127.0.0.1:8090/v1' }],
    ['a simulator by name', { NOWPAYMENTS_API_URL: 'http://localhost:8090/v1' }],
    ['the sandbox', { NOWPAYMENTS_API_URL: 'https://api-sandbox.nowpayments.io/v1' }],
    ['no key at all', { NOWPAYMENTS_API_KEY: '' }],
  ])('is not what %s makes', (_, change) => {
    expect(loadConfig({ ...production, ...change, NODE_ENV: '' }).production).toBe(false);
  });
});

describe('our own servers on other machines, in production', () => {
  const far = 'postgres://quittance:a-long-password@db.example.com:5432/quittance';

  it.each([
    [{ DATABASE_URL: far }, /DATABASE_URL: db\.example\.com:5432 without TLS/],
    [{ DATABASE_DIRECT_URL: far }, /DATABASE_DIRECT_URL: db\.example\.com:5432 without TLS/],
    [{ DATABASE_URL: `${far}?sslmode=disable` }, /DATABASE_URL: db\.example\.com:5432 without TLS/],
    [{ DATABASE_URL: `${far}?sslmode=no-verify` }, /DATABASE_URL: db\.example\.com:5432 without TLS/],
    [{ DATABASE_URL: 'postgres://q:a-long-password@127.0.0.1/q?host=10.0.0.7' }, /DATABASE_URL: 10\.0\.0\.7:5432/],
    [{ DATABASE_URL: 'postgres://quittance@db.example.com/q?sslmode=verify-full' }, /DATABASE_URL: its password/],
    [{ TEMPORAL_ADDRESS: 'temporal.example.com:7233' }, /TEMPORAL_ADDRESS: temporal\.example\.com:7233 without TLS/],
    [{ DATABASE_URL: far, ALLOW_PLAINTEXT_TO: 'db.example.com:5433' }, /DATABASE_URL: db\.example\.com:5432/],
  ])('need TLS: %j', (change, fault) => {
    expect(() => loadConfig({ ...production, ...change })).toThrow(fault);
  });

  it.each([
    [{ DATABASE_URL: `${far}?sslmode=verify-full` }],
    [{ DATABASE_URL: 'postgres://quittance@localhost/quittance?host=/var/run/postgresql' }],
    [{ TEMPORAL_ADDRESS: 'ns.tmprl.cloud:7233', TEMPORAL_API_KEY: 'a-key-of-the-cloud' }],
    [{ TEMPORAL_ADDRESS: 'temporal.example.com:7233', TEMPORAL_TLS: 'true' }],
    [{ TEMPORAL_ADDRESS: '[::1]:7233' }],
    [{ DATABASE_URL: far, TEMPORAL_ADDRESS: 't:7233', ALLOW_PLAINTEXT_TO: 'db.example.com:5432, t:7233' }],
  ])('are fine as %j', (change) => {
    expect(loadConfig({ ...production, ...change }).production).toBe(true);
  });
});
