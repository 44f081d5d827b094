import { defineConfig } from 'vitest/config';

// Run by leftovers.test.ts: tests that pass and yet must fail the run, with the servers of a real one.
export default defineConfig({
  test: {
    include: ['test/dev/forgetful/forgets-*.ts'],
    globalSetup: ['test/support/servers.ts'],
  },
});
