import { waitAskedMs } from '../../domain/retry-after.js';
import { minute } from '../../domain/timing.js';
import type { HttpAnswer } from './request.js';
import { readObject, type JsonObject } from '../wire.js';

/** What an HTTP answer amounts to, whatever was asked. Only `usable` and `refused` are the provider's own word. */
export type Verdict =
  | { readonly kind: 'usable'; readonly object: JsonObject; readonly text: string }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string | null; readonly message: string }
  /** Credentials are not accepted: the key, or the email, password and token of the list. */
  | { readonly kind: 'account'; readonly of: 'key' | 'login'; readonly message: string }
  | { readonly kind: 'limited'; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'broken'; readonly message: string };

const success = [200, 201];
const longestRetryAfterMs = 10 * minute;

/** `nowMs` is the wall clock, for a Retry-After that is a date. */
export function judge(answer: HttpAnswer, nowMs: number): Verdict {
  const { status, headers, text } = answer;
  const ray = /^[\w-]{1,64}$/.exec(headers['cf-ray'] ?? '')?.[0];
  const trace = ray ? ` (cf-ray ${ray})` : '';
  if (status === 429) {
    return { kind: 'limited', message: `too many calls${trace}`, retryAfterMs: retryAfter(headers, nowMs) };
  }
  if (status >= 300 && status < 400) return { kind: 'broken', message: `redirect ${status}${trace}` };
  const object = readObject(text);
  if (object === null) return { kind: 'broken', message: `${status} with ${contents(answer)}${trace}` };
  if (success.includes(status)) return { kind: 'usable', object, text };

  const code = typeof object['code'] === 'string' ? object['code'].slice(0, 100) : null;
  const message = `${status} ${code ?? ''} ${plainWords(object['message'])}${trace}`.replace(/\s+/g, ' ');
  // 408 is the front's word, not the provider's: what it was asked to do may be done.
  if (status < 400 || status >= 500 || status === 408) return { kind: 'broken', message };
  if (status === 401 && code !== 'INVALID_API_KEY') return { kind: 'account', of: 'login', message };
  if (status === 401 || status === 403) return { kind: 'account', of: 'key', message };
  return { kind: 'refused', status, code, message };
}

export type Refusal = 'below_minimum' | 'above_maximum' | 'coin_unavailable' | 'rejected';

/**
 * Why the provider will not make this payment, now or later. `rejected` is a defect of ours, or a currency without a rate.
 * What it says counts more than the code beside it: too little has been told under several.
 */
export function refusalOf({
  status,
  code,
  message,
}: {
  status: number;
  code: string | null;
  message: string;
}): Refusal {
  if (status !== 400) return 'rejected';
  if (code === 'AMOUNT_MINIMAL_ERROR' || /less than minimal|too small/i.test(message)) return 'below_minimum';
  if (code === 'CURRENCY_UNAVAILABLE') return 'coin_unavailable';
  return /maxim/i.test(message) ? 'above_maximum' : 'rejected';
}

/** Seconds or a date, at most ten minutes; null when absent or unreadable. */
export function retryAfter(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  // A date is theirs, so it is measured against their clock where they tell it.
  const theirNow = Date.parse(headers['date'] ?? '');
  const waitMs = waitAskedMs(headers['retry-after'] ?? '', Number.isNaN(theirNow) ? nowMs : theirNow);
  return waitMs === null ? null : Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}

function contents({ headers, text }: HttpAnswer): string {
  if (text.trim() === '') return 'nothing in it';
  return /html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text) ? 'HTML' : 'no whole JSON object';
}

function plainWords(message: unknown): string {
  return typeof message === 'string' ? message.replace(/[\p{C}\s]+/gu, ' ').slice(0, 200) : '';
}
