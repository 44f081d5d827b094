import { afterEach, describe, expect, it } from 'vitest';
import * as sdk from '../../sdk/src/index.js';
import { json, problem, raw, scriptedServer, type ScriptedServer, type Step } from './scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function failure(step: Step): Promise<unknown> {
  server = await scriptedServer(step);
  const client = new sdk.Quittance({ apiKey: 'k', baseUrl: server.url, retry: { maxRetries: 0 } });
  return client.cryptoOrders.get('ord_1').then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('a problem document becomes a typed error', () => {
  it.each([
    [400, 'bad-request', sdk.BadRequestError, 'bad_request', false],
    [400, 'validation-failed', sdk.ValidationError, 'validation', false],
    [401, 'unauthorized', sdk.AuthError, 'auth', false],
    [401, 'invalid-key', sdk.InvalidKeyError, 'invalid_key', false],
    [401, 'revoked-key', sdk.RevokedKeyError, 'revoked_key', false],
    [401, 'expired-key', sdk.ExpiredKeyError, 'expired_key', false],
    [403, 'forbidden', sdk.ForbiddenError, 'forbidden', false],
    [404, 'not-found', sdk.NotFoundError, 'not_found', false],
    [405, 'method-not-allowed', sdk.BadRequestError, 'bad_request', false],
    [409, 'conflict', sdk.ConflictError, 'conflict', false],
    [413, 'payload-too-large', sdk.BadRequestError, 'bad_request', false],
    [422, 'idempotency-mismatch', sdk.IdempotencyMismatchError, 'idempotency_mismatch', false],
    [429, 'rate-limited', sdk.RateLimitError, 'rate_limit', true],
    [500, 'internal', sdk.InternalError, 'internal', true],
    [503, 'feature-unavailable', sdk.FeatureUnavailableError, 'feature_unavailable', true],
    [409, 'a-slug-of-tomorrow', sdk.ConflictError, 'conflict', false],
    [502, 'a-slug-of-tomorrow', sdk.InternalError, 'internal', true],
  ])('%i %s', async (status, slug, errorClass, kind, retryable) => {
    const error = await failure(problem(status, slug, { resource: 'crypto_order' }));
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toBeInstanceOf(sdk.QuittanceError);
    expect(error).toMatchObject({
      kind,
      status,
      type: `https://errors.driftstack.dev/${slug}`,
      title: `Title of ${slug}`,
      detail: `Detail of ${slug}`,
      message: `Detail of ${slug}`,
      name: errorClass.name,
      instance: 'req-1',
      extensions: { resource: 'crypto_order' },
      isRetryable: retryable,
    });
    expect(sdk.isRetryable(error)).toBe(retryable);
  });

  it('keeps the issues of a refused body', async () => {
    const issues = { formErrors: [], fieldErrors: { price_cents: ['must be an integer'] } };
    expect(await failure(problem(400, 'validation-failed', { issues }))).toMatchObject({ issues });
  });

  it('has empty lists when the server names no issues', async () => {
    expect(await failure(problem(400, 'validation-failed'))).toMatchObject({
      issues: { formErrors: [], fieldErrors: {} },
    });
  });

  it('takes the time to wait from the document', async () => {
    const step = problem(429, 'rate-limited', { retry_after_seconds: 7 }, { 'retry-after': '9' });
    expect(await failure(step)).toMatchObject({ retryAfterSeconds: 7 });
  });

  it('takes the time to wait from the header when the document has none', async () => {
    const step = problem(503, 'feature-unavailable', {}, { 'retry-after': '9' });
    expect(await failure(step)).toMatchObject({ retryAfterSeconds: 9 });
  });
});

describe('an error that is no problem document is a TransportError', () => {
  it.each<[string, Step, number, boolean]>([
    ['a page of a proxy', raw('<html>Bad gateway</html>', { status: 502 }), 502, true],
    ['an empty 404', raw('', { status: 404 }), 404, false],
    ['another JSON', json({ message: 'no' }, { status: 400 }), 400, false],
    ['a JSON array', json([], { status: 400 }), 400, false],
    ['null', json(null, { status: 500 }), 500, true],
    ['a success that is not JSON', raw('<html>Hello</html>'), 200, false],
  ])('%s', async (_, step, status, retryable) => {
    const error = await failure(step);
    expect(error).toBeInstanceOf(sdk.TransportError);
    expect(error).toMatchObject({ kind: 'transport', status, isRetryable: retryable });
  });
});

describe('isRetryable', () => {
  it.each([[new Error('boom')], ['text'], [null], [undefined]])('is false for %s', (error) => {
    expect(sdk.isRetryable(error)).toBe(false);
  });
});
