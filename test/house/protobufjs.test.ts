import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

// With several copies of protobufjs 8 in the tree, replaying a history from JSON throws "type must be a Type".
it('one copy of protobufjs 8 serves the whole Temporal SDK', () => {
  const ownerOf = (from: NodeJS.Require, name: string) => createRequire(from.resolve(name));
  const here = createRequire(import.meta.url);
  const copies = ['proto', 'common', 'client', 'worker', 'activity', 'workflow', 'testing'].map((name) => {
    const owner = ownerOf(here, `@temporalio/${name}`);
    const proto = name === 'proto' ? owner : ownerOf(owner, '@temporalio/proto');
    return realpathSync(proto.resolve('protobufjs/package.json'));
  });
  const [copy, ...others] = [...new Set(copies)];
  expect(others).toEqual([]);
  const { version } = JSON.parse(readFileSync(copy ?? '', 'utf8')) as { version: string };
  expect(version).toMatch(/^8\./);
});
