import type { FastifyReply } from 'fastify';
import { stringify } from 'lossless-json';
import { multiply } from '../decimal.js';
import { number } from '../spelling.js';
import { otherCoin } from '../world/coins.js';
import type { FaultRule } from '../world/fault-rules.js';
import { answer, notFound, refusal, type Answer } from './provider-answers.js';

/** What leaves the socket: an answer, text that is none, or less than that. */
export type Outcome =
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'headers_only'; status: 200 }
  | { kind: 'silence' }
  | { kind: 'reset' };

const html = (status: number, title: string): Outcome => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr><center>cloudflare</center></body></html>`,
});

/** Without a `done` answer (the work was never started) the pieces are cut from a harmless one. */
export function spoil(rule: FaultRule, done: Answer | null): Outcome {
  const real = done ?? answer({ message: 'OK' });
  switch (rule.fault) {
    case 'timeout':
      return { kind: 'silence' };
    case 'reset':
      return { kind: 'reset' };
    case 'hang':
      return { kind: 'headers_only', status: 200 };
    case 'http_429': {
      const retryAfter = rule.retryAfter === null ? {} : { 'retry-after': String(rule.retryAfter) };
      return plain({ ...refusal(429, 'TOO_MANY_REQUESTS', 'Too many requests'), headers: retryAfter });
    }
    case 'http_500':
      return plain(refusal(500, 'INTERNAL_ERROR', 'Internal server error'));
    case 'html_502':
      return html(502, '502 Bad Gateway');
    case 'html_403':
      return html(403, 'Attention Required! | Cloudflare');
    case 'truncated_json':
      return cut(plain(real));
    case 'oversized':
      return plain({ ...real, body: { ...real.body, padding: 'x'.repeat(rule.bytes) } });
    case 'redirect':
      return { kind: 'answer', status: 302, headers: { location: '/v1/status' }, body: '' };
    case 'not_found':
      return plain(notFound);
    case 'wrong_order_id':
    case 'wrong_coin':
    case 'wrong_amount':
    case 'finished_at_once':
    case 'no_memo':
      return plain({ ...real, body: alter(rule.fault, real.body) });
    case 'latency':
    case 'ipn_first':
      return plain(real);
  }
}

export function plain({ status, headers = {}, body }: Answer): Extract<Outcome, { kind: 'answer' }> {
  const json = { 'content-type': 'application/json; charset=utf-8' };
  return { kind: 'answer', status, headers: { ...json, ...headers }, body: stringify(body) ?? '' };
}

export function statusOf(outcome: Outcome): number | null {
  return 'status' in outcome ? outcome.status : null;
}

export async function emit(reply: FastifyReply, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'answer') {
    await reply.code(outcome.status).headers(outcome.headers).send(outcome.body);
    return;
  }
  reply.hijack();
  if (outcome.kind === 'reset') reply.raw.socket?.resetAndDestroy();
  if (outcome.kind === 'headers_only') {
    reply.raw.writeHead(outcome.status, { 'content-type': 'application/json; charset=utf-8' });
    reply.raw.flushHeaders();
  }
}

function cut(whole: Extract<Outcome, { kind: 'answer' }>): Outcome {
  return { ...whole, body: whole.body.slice(0, Math.max(1, Math.floor(whole.body.length / 2))) };
}

type Alteration = 'wrong_order_id' | 'wrong_coin' | 'wrong_amount' | 'finished_at_once' | 'no_memo';

/** A list is altered row by row; an answer that is about no payment (a refusal) stays as it is. */
function alter(fault: Alteration, body: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(body.data)) {
    return { ...body, data: body.data.map((row) => alter(fault, row as Record<string, unknown>)) };
  }
  if (!('payment_id' in body)) return body;
  switch (fault) {
    case 'wrong_order_id':
      return { ...body, order_id: 'ord_of_somebody_else' };
    case 'wrong_coin':
      return { ...body, pay_currency: otherCoin(String(body.pay_currency)) };
    case 'wrong_amount':
      return { ...body, price_amount: half(body.price_amount), pay_amount: half(body.pay_amount) };
    case 'finished_at_once':
      return { ...body, payment_status: 'finished' };
    case 'no_memo':
      return { ...body, payin_extra_id: null };
  }
}

function half(amount: unknown) {
  return number(multiply(String(amount), '0.5'));
}
