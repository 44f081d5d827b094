/** What a body is, seen as the provider signs it: one JSON object, members sorted by key at every depth. */
export type CanonicalJson =
  | { readonly kind: 'object'; readonly text: string; readonly hasLists: boolean }
  | { readonly kind: 'duplicate_keys' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'too_many_values' }
  | { readonly kind: 'not_an_object' };

/** How arrays are written: as they are, or as the provider's own sorter makes them, `[20,3]` as `{"0":20,"1":3}`. */
export type Lists = 'as_lists' | 'as_objects';

const deepest = 32;
const mostValues = 4_000; // a notification has some thirty; a payment lists a thousand ids at most

interface Reader {
  readonly text: string;
  readonly lists: Lists;
  at: number;
  values: number;
  hasLists: boolean;
  duplicates: boolean;
}

class Stop extends Error {
  constructor(readonly kind: 'too_deep' | 'too_many_values' | 'not_an_object') {
    super(kind);
  }
}

/**
 * Form A: the tokens exactly as they were sent, only the members in order. No parser can give it: each forgets how
 * `100.0`, a 19-digit id or `\/` was spelled, and prints integer-like keys in numeric order whatever one sorted.
 */
export function canonicalise(text: string, lists: Lists = 'as_lists'): CanonicalJson {
  const reader: Reader = { text, lists, at: 0, values: 0, hasLists: false, duplicates: false };
  try {
    skipBlanks(reader);
    if (text[reader.at] !== '{') return { kind: 'not_an_object' };
    const canonical = readValue(reader, 1);
    skipBlanks(reader);
    if (reader.at !== text.length) return { kind: 'not_an_object' };
    if (reader.duplicates) return { kind: 'duplicate_keys' };
    return { kind: 'object', text: canonical, hasLists: reader.hasLists };
  } catch (stop) {
    if (stop instanceof Stop) return { kind: stop.kind };
    throw stop;
  }
}

/** Form B: what a plain JavaScript sender makes of it. Digits past 2^53 are forgotten on the way. */
export function reserialise(text: string, lists: Lists = 'as_lists'): string | null {
  try {
    return JSON.stringify(sorted(JSON.parse(text), lists));
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
}

function sorted(value: unknown, lists: Lists): unknown {
  if (Array.isArray(value) && lists === 'as_lists') return value.map((item) => sorted(item, lists));
  if (typeof value !== 'object' || value === null) return value;
  // Without a prototype, `__proto__` is a key like any other.
  const members = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(value).sort(byKey)) members[key] = sorted(member, lists);
  return members;
}

function byKey([left]: readonly [string, ...unknown[]], [right]: readonly [string, ...unknown[]]): number {
  return left < right ? -1 : left > right ? 1 : 0; // UTF-16 order, as in JavaScript's own sort
}

function readValue(reader: Reader, depth: number): string {
  skipBlanks(reader);
  reader.values += 1;
  if (reader.values > mostValues) throw new Stop('too_many_values');
  const opening = reader.text[reader.at];
  if (opening !== '{' && opening !== '[') return opening === '"' ? readString(reader) : readScalar(reader);
  if (depth > deepest) throw new Stop('too_deep');
  reader.at += 1;
  return opening === '{' ? readObject(reader, depth) : readArray(reader, depth);
}

function readArray(reader: Reader, depth: number): string {
  reader.hasLists = true;
  const items = readList(reader, ']', () => readValue(reader, depth + 1));
  if (reader.lists === 'as_lists') return `[${items.join(',')}]`;
  return `{${items.map((item, index) => `"${index}":${item}`).join(',')}}`;
}

function readObject(reader: Reader, depth: number): string {
  const members: [key: string, text: string][] = [];
  readList(reader, '}', () => {
    const token = readString(reader);
    demand(reader, ':');
    members.push([JSON.parse(token) as string, `${token}:${readValue(reader, depth + 1)}`]);
  });
  members.sort(byKey);
  if (members.some(([key], at) => at > 0 && key === members[at - 1]?.[0])) reader.duplicates = true;
  return `{${members.map(([, text]) => text).join(',')}}`;
}

function readList<T>(reader: Reader, closing: string, readItem: () => T): T[] {
  const items: T[] = [];
  skipBlanks(reader);
  if (take(reader, closing)) return items;
  do {
    skipBlanks(reader);
    items.push(readItem());
    skipBlanks(reader);
  } while (take(reader, ','));
  demand(reader, closing);
  return items;
}

const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function readScalar(reader: Reader): string {
  return readToken(reader, scalar);
}

/** Walks by hand: one regular expression for a whole string needs stack in proportion to its length. */
function readString(reader: Reader): string {
  const start = reader.at;
  demand(reader, '"');
  while (!take(reader, '"')) {
    const code = reader.text.charCodeAt(reader.at);
    if (Number.isNaN(code) || code < 0x20) throw new Stop('not_an_object');
    if (code === 0x5c) readToken(reader, escaped);
    else reader.at += 1;
  }
  return reader.text.slice(start, reader.at);
}

function readToken(reader: Reader, shape: RegExp): string {
  shape.lastIndex = reader.at;
  const token = shape.exec(reader.text)?.[0];
  if (token === undefined) throw new Stop('not_an_object');
  reader.at += token.length;
  return token;
}

function demand(reader: Reader, character: string): void {
  skipBlanks(reader);
  if (!take(reader, character)) throw new Stop('not_an_object');
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skipBlanks(reader: Reader): void {
  while (reader.at < reader.text.length && ' \t\n\r'.includes(reader.text.charAt(reader.at))) reader.at += 1;
}
