import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';

const listenAgainMs = 10_000;

interface MetricsAddress {
  readonly host: string;
  readonly port: number | null; // null: not at all
}

/**
 * Serves the counters of a process on an address of their own, apart from the public API. Nobody's money depends on them: an
 * address that is taken, or a listener that breaks, is said once and tried again, and never ends the process.
 */
export async function serveMetrics(
  metrics: Metrics,
  { host, port }: MetricsAddress,
  log: Pick<Logger, 'warn' | 'info'>,
): Promise<{ close: () => Promise<void> }> {
  if (port === null) return { close: async () => {} };
  let isSaid = false;
  let again: NodeJS.Timeout | undefined;
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
  server.on('clientError', (_failure, socket) => socket.destroy());
  server.on('error', (failure) => {
    if (!isSaid) log.warn({ host, port, failure: failure.message }, 'metrics are not served; going on without');
    isSaid = true;
    again = setTimeout(listen, listenAgainMs).unref();
  });
  server.on('listening', () => {
    if (isSaid) log.info({ host, port }, 'metrics are served again');
    isSaid = false;
  });
  function listen(): void {
    if (!server.listening) server.listen(port ?? 0, host);
  }
  const settled = Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => {});
  listen();
  await settled;
  return {
    close: () => {
      clearTimeout(again);
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
