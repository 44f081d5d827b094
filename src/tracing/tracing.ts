import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { untraced, type Traced } from './traced.js';

/** What a program does so that one trace tells of an order from its checkout to its webhooks. */
export interface Tracing {
  readonly traced: Traced;
  /** For the client of Temporal: what starts and signals runs says in which trace. */
  readonly ofClient: readonly WorkflowClientInterceptor[];
  /** For the workers; null: nothing is traced. */
  readonly ofWorker: Pick<WorkerOptions, 'interceptors' | 'sinks'> | null;
  /** Sends what is still to be sent. Never fails. */
  close(): Promise<void>;
}

export const noTracing: Tracing = { traced: untraced, ofClient: [], ofWorker: null, close: async () => {} };
