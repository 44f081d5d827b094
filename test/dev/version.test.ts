import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { version } from '../../src/version.js';
import { sdkRuntime } from '../../src/worker/main.js';

const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

it('is that of package.json, and a metric of every process', async () => {
  expect(version).toBe((JSON.parse(packageJson) as { version: string }).version);
  const text = await createMetrics().registry.metrics();
  expect(text).toContain(`driftstack_build_info{version="${version}"} 1`);
});

it('lets the lines of the SDK, native ones too, join the log', () => {
  const config = loadConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    QUITTANCE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  });
  const lines: string[] = [];
  const log = createLog({ name: 'worker', level: 'info' }, { write: (line) => lines.push(line) });
  const { logger, telemetryOptions } = sdkRuntime(config, log);
  expect(telemetryOptions?.logging).toHaveProperty('forward');
  logger?.warn('a poller is slow', { sdkComponent: 'core' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    name: 'worker',
    level: 40,
    msg: 'a poller is slow',
    sdk: { sdkComponent: 'core' },
  });
});
