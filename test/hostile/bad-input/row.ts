import type { ProblemSlug } from '../../../src/api/http/problem.js';
import { guideBody } from '../../support/test-app.js';
import type { World } from './world.js';

/** One line of the table of bad input: what comes in, and where it is seen what becomes of it. */
export interface Row {
  readonly row: number;
  readonly input: string;
  /** Played over a socket by test/hostile/bad-input.test.ts. */
  readonly cases?: readonly Case[];
  /** Needs more than one request, or no request at all: the test that has it, by a part of its text. */
  readonly shownBy?: readonly Shown[];
}

export type Case = readonly [what: string, sent: (world: World) => string, answer: Answer];
export type Shown = readonly [file: string, test: string];

export interface Answer {
  readonly status: number;
  readonly slug?: ProblemSlug;
  readonly field?: string;
  readonly head?: RegExp;
  /** Node's own answer, before our code hears of anything: no problem. */
  readonly isBare?: true;
  /** The tables that may differ afterwards; of all others every row stays as it is. */
  readonly changes?: readonly string[];
}

export const refused = (status: number, slug: ProblemSlug, head?: RegExp): Answer => ({
  status,
  slug,
  ...(head && { head }),
});
export const names = (field: string): Answer => ({ status: 400, slug: 'validation-failed', field });
export const badRequest = refused(400, 'bad-request');

export const host = 'host: localhost';
export const json = 'content-type: application/json';
export const bearer = (key: string) => `authorization: Bearer ${key}`;
export const checkoutLine = 'POST /v1/billing/crypto-checkout';
export const listPath = '/v1/billing/crypto-orders';

/** A request as its bytes. */
export function request(line: string, headers: readonly string[] = [], body?: string): string {
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  return [`${line} HTTP/1.1`, host, ...headers, ...length, '', body ?? ''].join('\r\n');
}

export const get = (key: string, path: string) => request(`GET ${path}`, [bearer(key)]);

/** The checkout of the guide with other fields, or in another text. */
export function checkout(key: string, body: object | string = {}, headers: readonly string[] = []): string {
  const text = typeof body === 'string' ? body : JSON.stringify({ ...guideBody, ...body });
  return request(checkoutLine, [bearer(key), json, ...headers], text);
}
