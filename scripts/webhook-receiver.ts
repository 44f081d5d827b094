import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { devFilePath } from './dev/dev-file.js';
import { createReceiver } from './receiver/server.js';

const env = process.env;
const devFile = devFilePath(resolve(env.QUITTANCE_HOME || '.quittance'));

/** From the environment, and from the dev file as it stands now: a new start may have made a new endpoint. */
function knownSecrets(): string[] {
  return [env.RECEIVER_SECRET, secretOfDevFile()].filter((secret) => secret !== undefined && secret !== '') as string[];
}

function secretOfDevFile(): string | undefined {
  try {
    return (JSON.parse(readFileSync(devFile, 'utf8')) as { receiver_secret?: string }).receiver_secret;
  } catch {
    return undefined; // Quittance is not running, or its file is just being replaced
  }
}

const port = Number(env.RECEIVER_PORT || 8095);
const server = createReceiver(knownSecrets);
server.on('error', (failure: NodeJS.ErrnoException) => {
  const busy = failure.code === 'EADDRINUSE';
  console.error(busy ? `port ${port} is busy: choose another one with RECEIVER_PORT=<port>` : failure.message);
  process.exitCode = 1;
  server.close();
});
server.listen(port, '127.0.0.1', () => console.log(`webhook receiver: http://127.0.0.1:${port} (deliveries to /hook)`));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close();
  });
}
