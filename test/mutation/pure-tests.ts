import { defineConfig } from 'vitest/config';

const root = new URL('../..', import.meta.url).pathname;

// What judges a broken line: pure tests, without servers. Property tests run shorter than by themselves (FC_RUNS).
export default defineConfig({
  root,
  test: {
    include: [
      'test/domain/**/*.{test,property}.ts',
      'test/gateway/{ipn,ipn-content,canonical-json}.test.ts',
      'test/gateway/canonical-json.property.ts',
      'test/webhooks/{destination,sign}.test.ts',
    ],
    env: { FC_RUNS: '400', FC_SEED: '770317' },
    testTimeout: 30_000,
  },
});
