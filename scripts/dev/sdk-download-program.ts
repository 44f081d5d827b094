import { TestWorkflowEnvironment } from '@temporalio/testing';

const [what, version = 'default', downloadDir = '.'] = process.argv.slice(2);
const server = { executable: { type: 'cached-download' as const, version, downloadDir } };

/** The SDK has no call that only downloads: it starts the server too, which shows at once that the file works. */
try {
  const environment =
    what === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
}
