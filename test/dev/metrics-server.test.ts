import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { createMetrics } from '../../src/metrics.js';
import { serveMetrics } from '../../src/metrics-server.js';

it('an address that is taken does not end the process: it is said once, and metrics go without', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const said: string[] = [];
  const log = { warn: (_: unknown, line?: string) => void said.push(line ?? ''), info: () => {} };
  const served = await serveMetrics(createMetrics(), { host: '127.0.0.1', port }, log as never);
  expect(said).toEqual(['metrics are not served; going on without']);
  await served.close();
  other.close();
});

it('a listener that breaks later does not end the process, and nonsense from a client neither', async () => {
  const port = await freePort();
  const said: string[] = [];
  const log = { warn: (_: unknown, line?: string) => void said.push(line ?? ''), info: () => {} };
  const served = await serveMetrics(createMetrics(), { host: '127.0.0.1', port }, log as never);
  await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
  const nonsense = await fetch(`http://127.0.0.1:${port}/elsewhere`);
  expect(nonsense.status).toBe(404);
  expect(said).toEqual([]);
  await served.close();
});
