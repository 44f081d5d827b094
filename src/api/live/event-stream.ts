import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressBlock } from '../http/address-block.js';
import { markText, type Stream } from './live-status.js';
import { unavailable } from '../http/problem.js';

const mostUnsentBytes = 16 * 1024;
const comeBackMs = { least: 2_000, spread: 3_000 }; // after a restart, not all pages in one moment
const fullSeconds = 30;

/**
 * Answers with server-sent events for as long as both sides are there. `watch` answers how to leave, or null: no room.
 * Whoever left while we looked for his order has been told of as closed already, once: nobody is watched for him.
 */
export function openStream(
  request: FastifyRequest,
  reply: FastifyReply,
  watch: (stream: Stream) => (() => void) | null,
): FastifyReply {
  const { raw } = reply;
  if (raw.destroyed || request.raw.destroyed) return reply.hijack();
  const write = (text: string) => {
    if (raw.writableLength > mostUnsentBytes)
      raw.destroy(); // nobody reads
    else if (!raw.writableEnded) raw.write(text);
  };
  let leave: (() => void) | null = null;
  raw.on('close', () => leave?.()); // before there is anything to leave
  leave = watch({
    from: addressBlock(request.ip),
    send: (mark) => write(`data: ${markText(mark)}\n\n`),
    beat: () => write(':\n\n'),
    end: () => raw.end(),
  });
  if (!leave) throw unavailable('Too many pages are open here. Ask for the status instead.', fullSeconds);

  void reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  write(`retry: ${Math.round(comeBackMs.least + Math.random() * comeBackMs.spread)}\n\n`);
  return reply;
}
