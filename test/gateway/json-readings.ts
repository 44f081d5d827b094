import { isDeepStrictEqual } from 'node:util';
import { parse } from 'lossless-json';
import { parseStrictJson } from '../../src/api/http/strict-json.js';
import { canonicalise, type CanonicalJson } from '../../src/gateway/canonical-json.js';

/** What one text is, by JSON.parse and by a walk over its tokens: neither knows the readers that are judged. */
interface Reading {
  readonly value: unknown;
  readonly isObject: boolean;
  readonly depth: number;
  readonly hasDuplicates: boolean;
  readonly isStorable: boolean;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** Null: it is no JSON. */
function plainReading(text: string): Reading | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const strings: string[] = [];
  const open: (string[] | null)[] = [];
  let last = '';
  let depth = 0;
  let hasDuplicates = false;
  for (const [found] of text.matchAll(tokens)) {
    if (found === '{' || found === '[') depth = Math.max(depth, open.push(found === '{' ? [] : null));
    else if (found === '}' || found === ']') open.pop();
    else if (found === ':') {
      const keys = open.at(-1) ?? [];
      hasDuplicates ||= keys.includes(last);
      keys.push(last);
    } else if (found !== ',') {
      last = JSON.parse(found) as string;
      strings.push(last);
    }
  }
  const isStorable = strings.every((each) => !each.includes('\0') && !/\p{Surrogate}/u.test(each));
  return { value, isObject: text.trimStart().startsWith('{'), depth, hasDuplicates, isStorable };
}

/** Each number as the text that it was sent as, each object as sorted pairs, so that no reader's habits show. */
function exact(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('isLosslessNumber' in value) return { number: String(value) };
  if (Array.isArray(value)) return value.map(exact);
  const pairs = Object.entries(value).map(([key, member]) => [key, exact(member)] as const);
  return { members: pairs.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** What is wrong with how a text is read; null: the readings agree. */
export function disagreement(text: string): string | null {
  const plain = plainReading(text);
  const canonical = canonicalise(text);
  return wrongKind(plain, canonical) ?? wrongText(text, canonical) ?? wrongAtTheDoor(text, plain);
}

function wrongKind(plain: Reading | null, { kind }: CanonicalJson): string | null {
  if (plain === null || !plain.isObject) return kind === 'object' ? 'canonicalised what is no object' : null;
  if (kind === 'too_deep') return plain.depth > 32 ? null : 'too deep, and is not';
  if (kind === 'too_many_values') return null; // counted by nobody else
  if (kind === 'duplicate_keys') return plain.hasDuplicates ? null : 'duplicates, where there are none';
  if (kind === 'not_an_object') return 'JSON that is not read';
  return plain.hasDuplicates || plain.depth > 32 ? 'read, though it should not be' : null;
}

function wrongText(text: string, canonical: CanonicalJson): string | null {
  if (canonical.kind !== 'object') return null;
  if (!isDeepStrictEqual(JSON.parse(canonical.text), JSON.parse(text))) return 'another value than JSON.parse reads';
  if (/"__proto__"/.test(text)) return null; // lossless-json takes it for the prototype
  if (!isDeepStrictEqual(exact(parse(canonical.text)), exact(parse(text)))) return 'a number of other digits';
  const again = canonicalise(canonical.text);
  return again.kind === 'object' && again.text === canonical.text ? null : 'not its own canonical form';
}

/** The door of the API reads the same texts, and refuses some more. */
function wrongAtTheDoor(text: string, plain: Reading | null): string | null {
  const bytes = Buffer.from(text);
  if (bytes.toString() !== text) return null; // half a surrogate pair cannot be sent
  let read: unknown;
  try {
    read = parseStrictJson(bytes);
  } catch (failure) {
    if ((failure as { status?: unknown }).status !== 400) return `the door breaks: ${String(failure)}`;
    const isFine = plain !== null && !plain.hasDuplicates && plain.depth <= 32 && plain.isStorable;
    return isFine ? `the door refuses JSON: ${String(failure)}` : null;
  }
  if (plain === null) return 'the door reads what is no JSON';
  if (plain.hasDuplicates || plain.depth > 32 || !plain.isStorable) return 'the door reads what is not one thing';
  return isDeepStrictEqual(asDoubles(read), asDoubles(plain.value)) ? null : 'the door reads another value';
}

function asDoubles(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('isLosslessNumber' in value) return Number(String(value));
  if (Array.isArray(value)) return value.map(asDoubles);
  return Object.entries(value)
    .map(([key, member]) => [key, asDoubles(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Texts from a seed, each the same for the same seed and number: notices, spelled in odd ways, and then broken. */
export function textsFrom(seed: number): () => string {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const one = <Item>(items: readonly Item[]) => items[below(items.length)]!;
  const blank = () => (below(6) === 0 ? one([' ', '\n', '\t', '\r', '  ']) : '');
  const value = (depth: number): string => {
    const pick = below(depth > 4 ? 6 : 9);
    if (pick < 3) return one(numbers);
    if (pick < 6) return one(scalars);
    const items = Array.from({ length: below(4) });
    if (pick === 6) return `[${blank()}${items.map(() => blank() + value(depth + 1)).join(`${blank()},`)}${blank()}]`;
    return `{${items.map(() => `${blank()}${one(keys)}${blank()}:${blank()}${value(depth + 1)}`).join(',')}${blank()}}`;
  };
  const broken = (text: string): string => {
    const at = below(text.length + 1);
    const to = Math.min(text.length, at + below(3));
    return text.slice(0, at) + one(pieces) + text.slice(to);
  };
  return () => {
    let text = `{${Array.from({ length: 1 + below(5) }, () => `${one(keys)}:${value(1)}`).join(',')}}`;
    if (below(40) === 0) text = '{"a":'.repeat(below(40)) + text + '}'.repeat(below(40));
    for (let times = below(4); times > 0; times -= 1) text = broken(text);
    return text;
  };
}

const numbers = [
  '0',
  '-0',
  '1',
  '4900',
  '100.0',
  '0.1',
  '1e5',
  '1E-7',
  '9007199254740993',
  '5524759814123456789',
].concat([
  '1e400',
  '-1.5e+3',
  '0.30000000000000000000000000000000001',
  '01',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  'NaN',
  '0x1',
]);
const scalars = [
  'null',
  'true',
  'false',
  '""',
  '"finished"',
  '"a\\/b"',
  '"\\u00e9"',
  '"é"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
].concat(['"\\u0000"', '"a\\tb"', '"\\x"', '"\t"', 'nul', "'a'", '"\u2028"', '"__proto__"', '"\\""', '"\\\\"']);
const keys = [
  '"payment_id"',
  '"payment_status"',
  '"order_id"',
  '"10"',
  '"9"',
  '"a"',
  '"A"',
  '"\\u0061"',
  '"é"',
  '"e\u0301"',
].concat(['"__proto__"', '"constructor"', '""', '" "', '"fee"', '"\\ud800"']);
const pieces = [
  '',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '0',
  '-',
  '.',
  'e',
  ' ',
  '\0',
  '\uFEFF',
  '\u00a0',
  '//',
  'é',
  '\ud83d',
  '1,',
  '""',
];
