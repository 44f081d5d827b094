import { createReceiver } from './receiver/server.js';

const env = process.env;

// From whoever started us, which `npm start` does; others are told through the page. Never from the command line, where
// every user of the machine could read them.
const secrets = (env.RECEIVER_SECRETS ?? '').split(',').filter(Boolean);
const port = Number(env.RECEIVER_PORT || 8070);

const server = createReceiver(() => secrets);
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
