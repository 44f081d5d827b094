import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Command, commandLine } from '../../scripts/command-line.js';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const commands: Command[] = ['migrate', 'admin-key', 'operator', 'audit:verify', 'rotate-master-key', 'start:worker'];

it.each(commands)('names %s as it is called from the sources, and in the image', (command) => {
  const { include } = JSON.parse(read('tsconfig.build.json')) as { include: string[] };
  expect(scripts).toHaveProperty([commandLine(command, '', false).replace('npm run ', '')]);
  const source = commandLine(command, '', true).replace(/^node dist\/(.+)\.js$/, '$1.ts');
  expect(include.some((built) => source === built || source.startsWith(`${built}/`))).toBe(true);
  expect(scripts[command]).toContain(source);
});

it('says words behind the command', () => {
  expect(commandLine('operator', 'list', false)).toBe('npm run operator -- list');
  expect(commandLine('operator', 'list', true)).toBe('node dist/scripts/operator.js list');
});

it('leaves no command of npm in what the image says', () => {
  const files = [
    'admin-key',
    'operator',
    'verify-audit-log',
    'rotate-master-key',
    'migrate',
    'doctor',
    'doctor/database',
  ];
  for (const file of [...files, 'doctor/temporal', 'doctor/examine', 'doctor/provider', 'doctor/callback']) {
    expect(read(`scripts/${file}.ts`), file).not.toContain('npm run');
  }
});
