import { LosslessNumber, parse } from 'lossless-json';
import { badRequest } from './problem.js';

const deepest = 32;
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const byteOrderMark = '\uFEFF';

/**
 * Parses a body as JSON that means one thing only: valid UTF-8, no key twice, no NUL, no half of a surrogate pair, at most
 * 32 levels. Throws a 400 otherwise. Numbers are kept as they were written: see `numberAsWritten`.
 */
export function parseStrictJson(raw: Buffer): unknown {
  const text = decoded(raw);
  if (text.startsWith(byteOrderMark)) throw badRequest('The body begins with a byte order mark: send it without one.');
  checkReadable(text);
  checkKeysAndDepth(text);
  return parse(text, undefined, numberAsWritten);
}

/**
 * An integer that is written as one is a number; every other spelling stays text in a `LosslessNumber`. As a double,
 * `4900.0000000000000001` would be 4900 and `0.99999999999999999999` would be 1.
 */
function numberAsWritten(written: string): number | LosslessNumber {
  const number = Number(written);
  return /^-?\d+$/.test(written) && Number.isSafeInteger(number) ? number : new LosslessNumber(written);
}

function decoded(raw: Buffer): string {
  try {
    return decoder.decode(raw);
  } catch {
    throw badRequest('The body is not UTF-8.');
  }
}

/** Before the parser that keeps numbers: unlike it, the built-in one needs no stack for what is nested deeply. */
function checkReadable(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw badRequest('The body is not readable JSON.');
  }
}

// The text is known to be valid JSON here, so a walk over strings and brackets sees every key.
function checkKeysAndDepth(text: string): void {
  const open: (Set<string> | null)[] = []; // the keys of each open object; null for an array
  let last = '';
  for (const [found] of text.matchAll(token)) {
    if (found === '{' || found === '[') open.push(found === '{' ? new Set() : null);
    else if (found === '}' || found === ']') open.pop();
    else if (found === ':') addKey(open.at(-1), last);
    else if (found !== ',') last = checkedString(found);
    if (open.length > deepest) throw badRequest(`The body is nested deeper than ${deepest} levels.`);
  }
}

function addKey(keys: Set<string> | null | undefined, key: string): void {
  if (keys?.has(key)) throw badRequest(`The key ${JSON.stringify(key.slice(0, 64))} comes twice.`);
  keys?.add(key);
}

function checkedString(quoted: string): string {
  const text = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1); // a string by the token
  if (!isStorableText(text)) throw badRequest('Text holds U+0000 or half of a surrogate pair.');
  return text;
}

/** Whether PostgreSQL can keep a text and UTF-8 can carry it. */
export function isStorableText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}
