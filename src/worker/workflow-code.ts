import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const require = createRequire(import.meta.url);

/** The bundles that the build makes, without and with what traces the workflows. */
export const bundleNames = { untraced: 'workflow-bundle.js', traced: 'workflow-bundle-traced.js' } as const;

/** One of the bundles, or the sources in development. `traced`: the worker's options where traces are collected. */
export function workflowCode(
  traced: Pick<WorkerOptions, 'interceptors'> | null,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  const bundle = fileURLToPath(new URL(`../${bundleNames[traced ? 'traced' : 'untraced']}`, import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  const workflowsPath = require.resolve('../workflows/index.ts');
  if (!traced) return { workflowsPath };
  return { workflowsPath, interceptors: { ...traced.interceptors, workflowModules: [workflowTracer] } };
}

/** What goes into the traced bundle: spans of runs, of their updates and signals, and of what they have done. */
export const workflowTracer = require.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors');
