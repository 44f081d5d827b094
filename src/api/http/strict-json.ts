import { badRequest } from './problem.js';

const deepest = 32;
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a body as JSON that means one thing only: valid UTF-8, no key twice, no NUL, no half of a surrogate pair, at most
 * 32 levels. Throws a 400 otherwise.
 */
export function parseStrictJson(raw: Buffer): unknown {
  const text = decoded(raw);
  const value = parsed(text);
  checkKeysAndDepth(text);
  return value;
}

function decoded(raw: Buffer): string {
  try {
    return decoder.decode(raw);
  } catch {
    throw badRequest('The body is not UTF-8.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
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
