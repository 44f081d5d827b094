import { readFileSync } from 'node:fs';

/** One fenced block of a page: its words after the fence, its text, and where it stands. */
interface Block {
  readonly line: number;
  readonly words: readonly string[];
  readonly text: string;
}

/** A program that the reader saves under its name. */
export interface Program {
  readonly name: string;
  readonly text: string;
}

/** What the reader then does or sees. */
export type Deed =
  | { readonly kind: 'run' | 'start'; readonly line: number; readonly script: string; readonly expected: string }
  | { readonly kind: 'printed'; readonly line: number; readonly expected: string };

/**
 * `ts` is a file that begins with its name; `bash` is run, and a `text` right after it is what it prints; with
 * `background`, bash is started and goes on, and the text is what it has printed by then.
 */
export function readPage(page: URL): { programs: readonly Program[]; deeds: readonly Deed[] } {
  const programs: Program[] = [];
  const deeds: Deed[] = [];
  const blocks = blocksOf(readFileSync(page, 'utf8'));
  for (const [at, { line, words, text }] of blocks.entries()) {
    const isBackground = words.includes('background');
    const next = blocks[at + 1];
    if (words[0] === 'ts') {
      const name = /^\/\/ ([\w-]+\.ts)\n/.exec(text)?.[1];
      if (!name) throw new Error(`line ${line}: the first line of a program is its name`);
      programs.push({ name, text });
    } else if (words[0] === 'bash') {
      const expected = !isBackground && next?.words.join() === 'text' ? next.text : '';
      deeds.push({ kind: isBackground ? 'start' : 'run', line, script: text, expected });
    } else if (words[0] === 'text' && isBackground) {
      deeds.push({ kind: 'printed', line, expected: text });
    } else if (words[0] !== 'text' || blocks[at - 1]?.words.join() !== 'bash') {
      throw new Error(`line ${line}: nobody runs or prints this block`);
    }
  }
  return { programs, deeds };
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(({ index, 1: words = '', 2: text = '' }) => ({
    line: markdown.slice(0, index).split('\n').length,
    words: words.trim().split(/\s+/).filter(Boolean),
    text,
  }));
}

/** A pattern for text in which `…` stands for anything within a line. */
export function patternOf(expected: string): RegExp {
  const literal = expected.trimEnd().replace(/[.*+?^$(){}|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('…', '.*')}$`);
}
