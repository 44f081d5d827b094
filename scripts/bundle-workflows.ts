import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url));
const target = fileURLToPath(new URL('../dist/src/workflow-bundle.js', import.meta.url));

// From the sources that the tests replay, once per build: workers of one image all run the same code, and start faster.
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
writeFileSync(target, code);
