import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labels, mainEight } from './labels.js';

const db = join(import.meta.dirname, '../../../src/db');
const sources = readdirSync(db, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(db, file), 'utf8'));

describe('the labels of the crash points', () => {
  const statements = labels.flatMap(({ name, door }) => {
    if (door.kind === 'statement') return [{ name, text: door.text }];
    return door.kind === 'commit' ? [{ name, text: door.of }] : [];
  });

  it.each(statements)('$name is a statement of ours, and of one file alone', ({ text }) => {
    expect(sources.filter((source) => text.test(source))).toHaveLength(1);
  });

  it('are each told once', () => {
    expect(new Set(labels.map(({ name }) => name)).size).toBe(labels.length);
  });

  it('have eight among them that are tried in pairs', () => {
    expect(new Set(mainEight).size).toBe(8);
  });
});
