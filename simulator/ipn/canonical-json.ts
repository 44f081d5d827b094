import { compare } from '../compare.js';

/**
 * The provider's canonical text: members sorted by key at every depth, every other token exactly as it was written.
 * `JSON.parse` cannot be used for it, because it forgets how numbers and escapes were spelled.
 */
export function canonicalise(text: string): string {
  const reader = { text, at: 0 };
  const canonical = readValue(reader);
  skipBlanks(reader);
  if (reader.at !== text.length) throw new SyntaxError(`unexpected text at ${reader.at}`);
  return canonical;
}

interface Reader {
  readonly text: string;
  at: number;
}

const TOKEN =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

function readValue(reader: Reader): string {
  skipBlanks(reader);
  if (take(reader, '{')) return readMembers(reader);
  if (take(reader, '[')) return `[${readList(reader, ']', readValue).join(',')}]`;
  return readToken(reader);
}

function readMembers(reader: Reader): string {
  const members = readList(reader, '}', (inside) => {
    skipBlanks(inside);
    const key = readToken(inside);
    if (!key.startsWith('"')) throw new SyntaxError(`a key was expected at ${inside.at}`);
    skipBlanks(inside);
    if (!take(inside, ':')) throw new SyntaxError(`":" was expected at ${inside.at}`);
    return { key: JSON.parse(key) as string, text: `${key}:${readValue(inside)}` };
  });
  members.sort((left, right) => compare(left.key, right.key));
  return `{${members.map((member) => member.text).join(',')}}`;
}

function readList<T>(reader: Reader, end: string, readItem: (reader: Reader) => T): T[] {
  const items: T[] = [];
  skipBlanks(reader);
  if (take(reader, end)) return items;
  do {
    items.push(readItem(reader));
    skipBlanks(reader);
  } while (take(reader, ','));
  if (!take(reader, end)) throw new SyntaxError(`"${end}" was expected at ${reader.at}`);
  return items;
}

function readToken(reader: Reader): string {
  TOKEN.lastIndex = reader.at;
  const token = TOKEN.exec(reader.text)?.[0];
  if (token === undefined) throw new SyntaxError(`no JSON at ${reader.at}`);
  reader.at += token.length;
  return token;
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skipBlanks(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? '-')) reader.at += 1;
}
