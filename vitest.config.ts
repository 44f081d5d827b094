import { defineConfig } from 'vitest/config';

const pure = ['bench', 'chaos', 'domain', 'house', 'hostile-pure', 'gateway', 'webhooks', 'web'];
const timeSkipping = ['workflows', 'replay'];
const onDemand = ['e2e', 'sabotage'];

const filesIn = (folders: string[]) => folders.map((folder) => `test/${folder}/**/*.{test,property}.{ts,tsx}`);

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'domain', include: filesIn(pure), maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'workflows',
          include: filesIn(timeSkipping),
          globalSetup: ['test/support/servers.ts'],
          testTimeout: 90_000, // a week of skipped time is a thousand polls
          maxWorkers: 2, // each file owns a time-skipping server, and time is global to a server
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...pure, ...timeSkipping, ...onDemand].map((folder) => `test/${folder}/**`),
          globalSetup: ['test/support/servers.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          globalSetup: ['test/support/servers.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
