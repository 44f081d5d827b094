import type { FastifyReply } from 'fastify';
import { markText, type Stream } from './live-status.js';
import { unavailable } from '../http/problem.js';

const mostUnsentBytes = 16 * 1024;
const comeBackMs = { least: 2_000, spread: 3_000 }; // after a restart, not all pages in one moment
const fullSeconds = 30;

/** Answers with server-sent events for as long as both sides are there. `watch` answers how to leave, or null: no room. */
export function openStream(reply: FastifyReply, watch: (stream: Stream) => (() => void) | null): FastifyReply {
  const { raw } = reply;
  const write = (text: string) => {
    if (raw.writableLength > mostUnsentBytes)
      raw.destroy(); // nobody reads
    else if (!raw.writableEnded) raw.write(text);
  };
  const leave = watch({
    send: (mark) => write(`data: ${markText(mark)}\n\n`),
    beat: () => write(':\n\n'),
    end: () => raw.end(),
  });
  if (!leave) throw unavailable('Too many pages are open here. Ask for the status instead.', fullSeconds);

  raw.on('close', leave);
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
