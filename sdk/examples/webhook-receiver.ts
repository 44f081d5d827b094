import { createServer } from 'node:http';
import { WebhookSignatureError, parseWebhook } from '@quittance/sdk';

const secret = process.env.QUITTANCE_WEBHOOK_SECRET ?? '';
const handled = new Set<string>(); // a table with a unique event id, in real life

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks); // the bytes as they came: JSON that was parsed and printed again does not verify
    parseWebhook({ body, headers: request.headers, secret })
      .then((event) => {
        if (!handled.has(event.id)) {
          handled.add(event.id);
          if (event.type === 'crypto.order.paid') console.log(`grant ${event.data.product} for ${event.data.order_id}`);
          if (event.type === 'crypto.order.failed') console.log(`${event.data.order_id} failed: ${event.data.reason}`);
        }
        response.writeHead(204).end();
      })
      .catch((error: unknown) => {
        console.error(String(error));
        response.writeHead(error instanceof WebhookSignatureError ? 400 : 500).end();
      });
  });
});

server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => {
  console.log('listening on', server.address());
});
