import { existsSync, readFileSync } from 'node:fs';

/** What runs, as package.json says it: one folder above the sources, two above what was built from them. */
export const version = readVersion();

function readVersion(): string {
  const files = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const file = files.find((each) => existsSync(each));
  if (!file) throw new Error('package.json is not beside the program');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version; // our own file
}
