import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly allowScripts?: Record<string, boolean>;
}

const root = path.resolve(import.meta.dirname, '../..');
const json = <T>(file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const ours = json<Manifest>('package.json');
const { packages } = json<{ packages: Record<string, Locked> }>('package-lock.json');

const folder = 'node_modules/';
const installed = Object.entries(packages)
  .filter(([where, { link }]) => where.includes(folder) && !link)
  .map(([where, locked]) => ({ name: where.slice(where.lastIndexOf(folder) + folder.length), ...locked }));

describe('what others wrote', () => {
  it('is asked for in one version each', () => {
    const manifests = [ours, json<Manifest>('sdk/package.json')];
    const asked = manifests.flatMap(({ dependencies, devDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies }),
    );
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('is locked by what is in it, and to no registry', () => {
    expect(installed.length).toBeGreaterThan(300);
    const loose = installed.filter(({ integrity, inBundle }) => !inBundle && !/^sha512-/.test(integrity ?? ''));
    expect(loose.map(({ name }) => name)).toEqual([]);
    expect(installed.filter(({ resolved }) => resolved !== undefined).map(({ name }) => name)).toEqual([]);
  });

  it('has scripts that run as it is installed only where somebody has decided about them', () => {
    const withScripts = installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(Object.keys(ours.allowScripts ?? {}).sort()).toEqual([...new Set(withScripts)].sort());
  });
});

// What may be passed on in our image without asking anybody.
const free = [
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
];
const alsoFree = ['CC-BY-4.0', 'MIT/X11', 'OFL-1.1', 'Unlicense'];
// They name none in a word: what stands in their files is free as well.
const byTheirText: Readonly<Record<string, string>> = {
  'dejavu-fonts-ttf': 'Bitstream Vera, and public domain',
  'png-js': 'MIT',
  unionfs: 'Unlicense',
};

it('what the image carries may be passed on', () => {
  const carried = installed.filter(({ dev, devOptional }) => !dev && !devOptional);
  expect(carried.length).toBeGreaterThan(200);
  const doubtful = carried.filter(
    ({ name, license }) => ![...free, ...alsoFree].includes(license ?? '') && !(name in byTheirText),
  );
  expect(doubtful.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});
