/** What a body is, seen as the provider signs it: one JSON object, members sorted by key at every depth. */
export type CanonicalJson =
  | { readonly kind: 'object'; readonly text: string }
  | { readonly kind: 'duplicate_keys' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'not_an_object' };

const deepest = 32;

interface Reader {
  readonly text: string;
  at: number;
  duplicates: boolean;
}

class Stop extends Error {
  constructor(readonly kind: 'too_deep' | 'not_an_object') {
    super(kind);
  }
}

/**
 * Form A: the tokens exactly as they were sent, only the members in order. No parser can give it: each forgets how
 * `100.0`, a 19-digit id or `\/` was spelled, and prints integer-like keys in numeric order whatever one sorted.
 */
export function canonicalise(text: string): CanonicalJson {
  const reader: Reader = { text, at: 0, duplicates: false };
  try {
    skipBlanks(reader);
    if (text[reader.at] !== '{') return { kind: 'not_an_object' };
    const canonical = readValue(reader, 1);
    skipBlanks(reader);
    if (reader.at !== text.length) return { kind: 'not_an_object' };
    return reader.duplicates ? { kind: 'duplicate_keys' } : { kind: 'object', text: canonical };
  } catch (stop) {
    if (stop instanceof Stop) return { kind: stop.kind };
    throw stop;
  }
}

/** Form B: what a plain JavaScript sender makes of it. Digits past 2^53 are forgotten on the way. */
export function reserialise(text: string): string | null {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // Without a prototype, `__proto__` is a key like any other.
  const members = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(value).sort(byKey)) members[key] = sorted(member);
  return members;
}

function byKey([left]: readonly [string, ...unknown[]], [right]: readonly [string, ...unknown[]]): number {
  return left < right ? -1 : left > right ? 1 : 0; // UTF-16 order, as in JavaScript's own sort
}

function readValue(reader: Reader, depth: number): string {
  skipBlanks(reader);
  const opening = reader.text[reader.at];
  if (opening !== '{' && opening !== '[') return opening === '"' ? readString(reader) : readScalar(reader);
  if (depth > deepest) throw new Stop('too_deep');
  reader.at += 1;
  return opening === '{' ? readObject(reader, depth) : `[${readList(reader, ']', () => readValue(reader, depth + 1))}]`;
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
