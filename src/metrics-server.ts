import { createServer } from 'node:http';
import type { Metrics } from './metrics.js';

/** Serves the counters of a process on an address of their own, apart from the public API. `port` null: not at all. */
export async function serveMetrics(
  metrics: Metrics,
  { host, port }: { host: string; port: number | null },
): Promise<{ close: () => Promise<void> }> {
  if (port === null) return { close: async () => {} };
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(), // a gauge that cannot be read is the scrape's failure, not the process's
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
