import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { house } from '../../eslint.config.js';

interface Rule {
  readonly says: string;
  readonly where: RegExp;
  readonly except?: RegExp;
  readonly path?: RegExp; // what a path must not look like
  readonly text?: RegExp; // what a text must not hold
  readonly seed: { readonly path: string; readonly text?: string };
}

const ours = /^(?:src|scripts|simulator|sdk|test|bench)\//;
const root = path.resolve(import.meta.dirname, '../..');

const rules: Rule[] = [
  {
    says: 'no drawers: a name says what is inside',
    where: ours,
    path: /\/(?:utils?|helpers?|common|types?|libs?|misc|shared)(?:\/|\.[a-z.]+$)/,
    seed: { path: 'src/api/helpers/money.ts' },
  },
  {
    says: 'names are kebab-case',
    where: ours,
    path: /\/(?![a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|property|e2e|d))?\.[a-z]+$)[^/]*\.(?:ts|tsx|js|mjs)$/,
    seed: { path: 'src/db/orderLists.ts' },
  },
  {
    says: 'only workflows, activities and the SDK have an index',
    where: /^(?:src|simulator|scripts|sdk)\//,
    except: /^(?:src\/workflows|src\/activities|sdk\/src)\/index\.ts$/,
    path: /\/index\.tsx?$/,
    seed: { path: 'src/domain/index.ts' },
  },
  {
    says: 'exports go by name: no `export *`',
    where: ours,
    text: /^\s*export\s+(?:type\s+)?\*/m,
    seed: { path: 'sdk/src/index.ts', text: "export * from './client.js';" },
  },
  {
    says: 'exports go by name: no default',
    where: /^(?:src|scripts|simulator|sdk)\//,
    text: /^export\s+default\b|\bas default\b/m,
    seed: { path: 'src/api/app.ts', text: 'export default createApp;' },
  },
  {
    says: 'the environment is read in config.ts alone; the two programs hand it over whole',
    where: /^src\//,
    except: /^src\/config\.ts$/,
    text: /(?<!(?:loadConfig|readEnvFile)\()\bprocess\s*\??\.?\s*(?:\[\s*['"]env|\benv\b)|import[^;]*\benv\b[^;]*from 'node:process'/,
    seed: { path: 'src/worker.ts', text: 'const url = process.env.DATABASE_URL;' },
  },
  {
    says: 'SQL lives in src/db',
    where: /^src\//,
    except: /^src\/db\//,
    text: /[`'"]\s*(?:select\s[^`'"]*\bfrom\s|insert\s+into\s|update\s+\w+\s+(?:\w+\s+)?set\s|delete\s+from\s|with\s+\w+\s+as\s*\()/i,
    seed: { path: 'src/activities/settle/settle-order.ts', text: 'query(`\n  select id\n  from orders`)' },
  },
  {
    says: 'tests do not sleep: skip time, or poll with eventually()',
    where: /^test\/(?:.*\.(?:test|property)\.tsx?|support\/.*)$/,
    // the one that polls, the receiver that is slow on purpose, and a child that takes its time to stop
    except: /^test\/(?:support\/(?:eventually|merchant)|dev\/processes\.test)\.ts$/,
    text: /\bsetTimeout\b|timers\/promises|Atomics\.wait/,
    seed: { path: 'test/api/checkout.test.ts', text: 'await new Promise((done) => setTimeout(done, 100));' },
  },
  {
    says: 'every test runs',
    where: /^test\//,
    text: /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/,
    seed: { path: 'test/domain/order.test.ts', text: "it.only('stays paid', () => {});" },
  },
  {
    says: 'comments cite pages of this repository, or state the rule',
    where: ours,
    text: /(?<![\w./-])(?!(?:README|ARCHITECTURE|AGENTS|CHANGELOG|SECURITY)\.md)[\w-]+\.md\b(?![#'"`])/,
    seed: { path: 'src/db/pool.ts', text: '// the limits of reliability.md section 6' },
  },
  {
    says: 'nothing is left for later',
    where: ours,
    text: /\b(?:TODO|FIXME|HACK)\b(?!')/,
    seed: { path: 'src/db/orders/orders.ts', text: '// TODO: lock the row' },
  },
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function breaks(rule: Rule, file: SourceFile): boolean {
  if (!rule.where.test(file.path) || rule.except?.test(file.path)) return false;
  return Boolean(rule.path?.test(file.path) || rule.text?.test(file.text));
}

const generated = new Set(['node_modules', 'dist', 'histories', 'vectors']);

function* sourcesBelow(folder: string): Generator<SourceFile> {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const below = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !generated.has(entry.name)) yield* sourcesBelow(below);
    if (!entry.isFile() || !/\.(?:tsx?|m?js)$/.test(entry.name)) continue;
    if (below === 'test/house/tidy.test.ts') continue; // full of seeds
    yield { path: below, text: readFileSync(path.join(root, below), 'utf8') };
  }
}

const foldersOf = (folder: string) =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

const sources = foldersOf('.')
  .filter((folder) => ours.test(`${folder}/`))
  .flatMap((folder) => [...sourcesBelow(folder)]);

describe.each(rules)('$says', (rule) => {
  it('holds in the tree', () => {
    expect(sources.filter((file) => breaks(rule, file)).map((file) => file.path)).toEqual([]);
  });

  it('would notice', () => {
    expect(breaks(rule, { path: rule.seed.path, text: rule.seed.text ?? '' })).toBe(true);
  });
});

describe('files stay short', () => {
  const linesOf = ({ text }: SourceFile) => text.split('\n').length - 1;
  const within = (budget: number, where: RegExp) =>
    sources.filter((file) => where.test(file.path) && linesOf(file) > budget).map((file) => file.path);

  it('200 lines at most, 400 in tests and benchmarks', () => {
    expect(within(200, /^(?:src|scripts|simulator|sdk)\//)).toEqual([]);
    expect(within(400, /^(?:test|bench)\//)).toEqual([]);
  });

  it('and half of src is far shorter', () => {
    const lengths = sources
      .filter((file) => file.path.startsWith('src/'))
      .map(linesOf)
      .sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80);
  });
});

const programs = sources.filter((file) => /^(?:src|sdk|simulator)\//.test(file.path));

describe('imports', () => {
  /** The files of ours that a file imports, for a type or for a value. */
  function importsOf({ path: from, text }: SourceFile, known: ReadonlySet<string>): string[] {
    const specifiers = [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g)].map(([, stem]) => stem!);
    const stems = specifiers.map((stem) => path.posix.join(path.posix.dirname(from), stem));
    return stems.flatMap((stem) => [`${stem}.ts`, `${stem}.tsx`]).filter((to) => known.has(to));
  }

  /** The files from which imports lead back to themselves. */
  function inCircles(files: readonly SourceFile[]): string[] {
    const known = new Set(files.map((file) => file.path));
    const imports = new Map(files.map((file) => [file.path, importsOf(file, known)]));
    const reachedFrom = (start: string) => {
      const reached = new Set(imports.get(start));
      for (const next of reached) for (const further of imports.get(next) ?? []) reached.add(further);
      return reached;
    };
    return [...known].filter((file) => reachedFrom(file).has(file));
  }

  it('go round in no circle', () => {
    expect(inCircles(programs)).toEqual([]);
  });

  it.each([
    ['a value', "import { b } from './b.js';"],
    ['a type', "import type { B } from './b.js';"],
    ['a type in passing', "export type A = import('./b.js').B;"],
    ['an export', "export {\n  b,\n} from './b.js';"],
    ['a detour', "import { c } from './sub/c.js';"],
  ])('would be noticed in a circle by %s', (_, text) => {
    const circle = [
      { path: 'src/db/a.ts', text },
      { path: 'src/db/b.tsx', text: "import { a } from './a.js';" },
      { path: 'src/db/sub/c.ts', text: "import { b } from '../b.js';" },
      { path: 'src/db/outside.ts', text: "import { a } from './a.js';" },
      { path: 'src/db/leaf.ts', text: "import { Pool } from 'pg';" },
    ];
    const found = inCircles(circle);
    expect(found.slice(0, 2)).toEqual(['src/db/a.ts', 'src/db/b.tsx']);
    expect(found).not.toContain('src/db/outside.ts');
    expect(inCircles(circle.slice(1))).toEqual([]);
  });
});

describe('folders', () => {
  const crowded = (paths: readonly string[]) => {
    const folders = paths.map((file) => path.posix.dirname(file));
    return [...new Set(folders)].filter((folder) => folders.filter((one) => one === folder).length > 20);
  };

  it('hold 20 files at most', () => {
    expect(crowded(programs.map((file) => file.path))).toEqual([]);
  });

  it('would be noticed with one more', () => {
    const files = Array.from({ length: 21 }, (_, n) => `src/db/file-${n}.ts`);
    expect(crowded(files)).toEqual(['src/db']);
    expect(crowded(files.slice(1))).toEqual([]);
  });
});

describe('the map', () => {
  it('has a row for each folder of src but the one that wires, and no other', () => {
    expect(foldersOf('src').sort()).toEqual([...Object.keys(house), 'worker'].sort());
  });

  it('is judged on a tree that was found', () => {
    expect(sources.length).toBeGreaterThan(20);
  });
});
