// A webhook receiver with nothing but Node: WEBHOOK_SECRET=whsec_… PORT=9000 node server.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) throw new Error('WEBHOOK_SECRET is missing');

// The header is `t=<unix seconds>,v1=<hex>`, with a second v1 for 24 hours after the secret was rotated.
function isAuthentic(header, body) {
  const parts = String(header).split(',');
  const time = /^t=(\d{1,12})$/.exec(parts[0])?.[1];
  if (!time || Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return parts.slice(1).some((part) => {
    const given = Buffer.from(part.replace(/^v1=/, ''), 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const seen = new Set(); // keep this in your database, in the transaction that handles the event

async function receive(request, response) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    if ((length += chunk.length) > 1_048_576) return response.writeHead(413).end();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks); // the bytes as they came: parsed and printed again, they are others
  if (!isAuthentic(request.headers['x-driftstack-signature'], body)) return response.writeHead(401).end();
  const event = JSON.parse(body);
  if (!seen.has(event.id)) {
    seen.add(event.id);
    console.log(JSON.stringify({ event_id: event.id, event_type: event.type, data: event.data }));
  }
  response.writeHead(204).end(); // also for one seen before: anything else is sent again
}

createServer((request, response) => {
  receive(request, response).catch(() => response.destroy()); // the sender hung up, and will come again
}).listen(Number(process.env.PORT ?? 9000), '127.0.0.1');
