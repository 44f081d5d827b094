import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { untraced } from '../../src/tracing/traced.js';
import { loadTracing } from '../../src/tracing/load.js';

const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => /otlp|sdk-trace/.test(file));

it('OpenTelemetry is loaded only where its endpoint is set', async () => {
  const off = await loadTracing({ otlpEndpoint: null }, 'quittance-api');
  expect(off).toMatchObject({ traced: untraced, ofClient: [], ofWorker: null });
  expect(loaded()).toEqual([]);
  const on = await loadTracing({ otlpEndpoint: 'http://127.0.0.1:9' }, 'quittance-api');
  expect(loaded()).not.toEqual([]);
  await on.close();
});

it('a collector that is away fails no work, and no end of a program', async () => {
  const { traced, close } = await loadTracing({ otlpEndpoint: 'http://127.0.0.1:9' }, 'quittance-api');
  const step = { orderId: 'ord_0123456789ab', name: 'checkout' };
  expect(await traced(step, async () => 'done')).toBe('done');
  await expect(traced(step, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await close();
});
