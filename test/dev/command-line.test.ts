import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandLine, workerLine } from '../../scripts/quittance/command-line.js';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

it('says a command as it is called from the sources, and in the image', () => {
  expect(commandLine('operators list', false)).toBe('npx quittance operators list');
  expect(commandLine('operators list', true)).toBe('node dist/scripts/quittance.js operators list');
  const { include } = JSON.parse(read('tsconfig.build.json')) as { include: string[] };
  expect(include).toContain('scripts/quittance.ts');
  const { bin } = JSON.parse(read('package.json')) as { bin: object };
  expect(bin).toEqual({ quittance: 'bin/quittance.mjs' });
});

it('says how a worker is started', () => {
  expect(workerLine(false)).toBe('npm run start:worker');
  expect(workerLine(true)).toBe('node dist/src/worker.js');
});

it('leaves no command of npm in what the image says', () => {
  const files = ['scripts/quittance', 'scripts/doctor'].flatMap((folder) =>
    readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(15);
  for (const file of files.filter((each) => !each.endsWith('command-line.ts')))
    expect(read(file), file).not.toContain('npm run');
});
