import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { noRow } from '../support/invariants.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const filesBelow = (folder: string, name: RegExp) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file) && !/(?:^|\/)(?:node_modules|dist)\//.test(file))
    .map((file) => path.join(folder, file));

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'AGENTS.md',
  ...['docs', 'sdk', 'simulator', 'bench', 'examples'].flatMap((folder) => filesBelow(folder, /\.md$/)),
];
const sources = ['src', 'test', 'simulator', 'sdk', 'scripts', 'bench']
  .flatMap((folder) => filesBelow(folder, /\.tsx?$/))
  .filter((file) => file !== 'test/house/pages.test.ts'); // full of patterns
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
const headingsOf = (page: string) => all(read(page).replace(/^```.*?^```/gms, ''), /^#+ (.+)$/gm);

/** What a heading's anchor is called on the pages of a repository. */
function anchorOf(heading: string): string {
  const bare = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return bare.trim().replace(/\s/g, '-');
}

/** Whether a link leads to a file that is there and, if it names one, to a heading on it. */
function leads(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || headingsOf(target).map(anchorOf).includes(anchor);
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names files and folders that are there', () => {
    const named = all(text, /`((?:src|test|sdk|simulator|scripts|bench|docs|examples|tools)\/[\w./-]+)`/g);
    const lost = named.filter((file) => !existsSync(path.join(root, file)));
    expect(lost.filter((file) => !file.endsWith('.ndjson'))).toEqual([]); // written while it runs
  });

  it('links to pages and headings that are there', () => {
    const links = all(text, /\]\(((?!https?:|mailto:)[^)\s]+)\)/g);
    expect(links.filter((link) => !leads(page, link))).toEqual([]);
  });
});

describe('docs/promises.md', () => {
  it('shows the invariants that are checked, word for word, and no other', () => {
    const oneLine = (sql: string) => sql.replace(/\s+/g, ' ').trim();
    const section = read('docs/promises.md').split(/^## /m)[2] ?? '';
    const shown = [...section.matchAll(/```sql\n-- ([^\n]+)\n(.*?);\n```/gs)].map(([, name, sql = '']) => [
      name,
      oneLine(sql),
    ]);
    expect(shown).toEqual(Object.entries(noRow).map(([name, sql]) => [name, oneLine(sql)]));
  });
});

describe('what comments and names of tests cite', () => {
  it('is a page of this repository, by a heading that it has', () => {
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/(docs\/[\w/-]+\.md), "([^"]+)"/g)].map(([, page = '', heading = '']) => ({
        file,
        page,
        heading,
      })),
    );
    expect(cited.length).toBeGreaterThan(5);
    const lost = cited.filter(
      ({ page, heading }) => !existsSync(path.join(root, page)) || !headingsOf(page).includes(heading),
    );
    expect(lost).toEqual([]);
  });

  it('is an example of docs/contract.md, where it has a number', () => {
    const examples = read('docs/contract.md').split(/^## Examples$/m)[1] ?? '';
    const numbers = all(examples, /^(\d+)\. /gm);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, at) => String(at + 1)));
    const cited = sources.flatMap((file) => all(read(file), /\(example (\d+)\)/g));
    expect(cited.filter((number) => !numbers.includes(number))).toEqual([]);
  });
});
