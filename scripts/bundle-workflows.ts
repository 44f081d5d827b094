import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleNames, workflowTracer } from '../src/worker/workflow-code.js';

const workflowsPath = fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url));
const logger = new DefaultLogger('WARN');

// From the sources that the tests replay, once per build: workers of one image all run the same code, and start faster.
for (const [name, workflowInterceptorModules] of [
  [bundleNames.untraced, []],
  [bundleNames.traced, [workflowTracer]],
] as const) {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...workflowInterceptorModules],
    logger,
  });
  writeFileSync(fileURLToPath(new URL(`../dist/src/${name}`, import.meta.url)), code);
}
