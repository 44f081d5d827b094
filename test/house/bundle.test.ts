import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const mebibyte = 2 ** 20;

// the Temporal SDK with what it brings, and what the domain counts with
const packages = ['@temporalio/common', '@temporalio/workflow', 'nexus-rpc', 'ms', 'long'];
const counting = ['big.js', 'currency-codes', 'nub', 'first-match'];
const folders = ['src/domain/', 'src/workflows/'];
const welcome = [...folders, ...[...packages, ...counting].map((name) => `node_modules/${name}/`)];

/** Modules that have no business in a workflow. Webpack puts `ignored|` before one that it left out. */
function strangersAmong(sources: string[]): string[] {
  return sources
    .filter((source) => !source.startsWith('webpack/'))
    .map((source) => source.replace(/^ignored\|/, '').replace(`${root}/`, ''))
    .filter((source) => !welcome.some((start) => source.startsWith(start)));
}

describe('the workflow bundle', () => {
  let code: string;
  let sources: string[];

  beforeAll(async () => {
    const logger = new DefaultLogger('WARN');
    ({ code } = await bundleWorkflowCode({ workflowsPath: path.join(root, 'src/workflows/index.ts'), logger }));
    const [, inlined] = /sourceMappingURL=data:[^,]*,(\S+)/.exec(code) ?? [];
    ({ sources } = JSON.parse(Buffer.from(inlined ?? '', 'base64').toString()) as { sources: string[] });
  });

  it('holds our workflows', () => {
    expect(sources).toContain(path.join(root, 'src/workflows/index.ts'));
    expect(sources).toContain(path.join(root, 'src/domain/order.ts'));
  });

  it('holds nothing but workflows, domain, the Temporal SDK and exact arithmetic', () => {
    expect(strangersAmong(sources)).toEqual([]);
  });

  it('is smaller than 2 MiB', () => {
    expect(code.length).toBeLessThan(2 * mebibyte);
  });

  it('would notice a stranger', () => {
    expect(
      strangersAmong([
        'webpack/bootstrap',
        `${root}/src/domain/order.ts`,
        `${root}/src/db/orders/orders.ts`,
        `${root}/node_modules/pg/lib/index.js`,
        `ignored|${root}/node_modules/@temporalio/client/lib|node:fs`,
      ]),
    ).toEqual([
      'src/db/orders/orders.ts',
      'node_modules/pg/lib/index.js',
      'node_modules/@temporalio/client/lib|node:fs',
    ]);
  });
});
