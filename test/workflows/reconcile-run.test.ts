import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runEnded } from '../../src/domain/reconcile.js';
import { defaultClocks } from '../../src/domain/timing.js';
import { reconcileSteps, type ReconcileStep, type StepFailure } from '../../src/workflows/messages.js';
import type { reconcileWorkflow } from '../../src/workflows/reconcile.js';
import { timeSkipping } from '../support/temporal.js';
import { oneQueue, startWorkflows } from '../support/workflow-worker.js';

let environment: TestWorkflowEnvironment;
let worker: { stop(): Promise<void> };
let pages: ReconcileStep[];
let finished: { failures?: readonly StepFailure[] }[];
let onPage: (kind: ReconcileStep) => Promise<string | null>;

beforeAll(async () => {
  environment = await timeSkipping();
  worker = await startWorkflows(environment, {
    beginReconcileRun: async ({ runId }: { runId: string }) => runId,
    reconcilePage: async ({ kind }: { kind: ReconcileStep }) => {
      pages.push(kind);
      return onPage(kind);
    },
    finishReconcileRun: async (input: { failures?: readonly StepFailure[] }) => void finished.push(input),
  });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await environment?.teardown();
});
beforeEach(() => {
  pages = [];
  finished = [];
});

const always = reconcileSteps.filter((kind) => kind !== 'lost_orders'); // the others need nobody's word

const start = (over: { lostSince?: string } = {}) =>
  environment.client.workflow.start<typeof reconcileWorkflow>('reconcileWorkflow', {
    workflowId: `reconcile/${randomUUID()}`,
    taskQueue: oneQueue.orders,
    args: [{ runId: randomUUID(), dryRun: false, queues: oneQueue, clocks: defaultClocks, ...over }],
  });

it('a step whose page fails for good ends, the later ones still run, and the run says what failed', async () => {
  onPage = async (kind) => {
    if (kind === 'unrelayed_facts') throw new Error('the database is away');
    return null;
  };
  await (await start()).result();
  expect([...new Set(pages)]).toEqual(always);
  expect(pages.filter((kind) => kind === 'unrelayed_facts')).toHaveLength(5);
  expect(finished).toHaveLength(1);
  expect(finished[0]?.failures).toEqual([{ kind: 'unrelayed_facts', id: null, message: 'the database is away' }]);
});

it('a run that goes well says that nothing failed', async () => {
  onPage = async () => null;
  await (await start()).result();
  expect(pages).toEqual(always);
  expect(finished[0]?.failures).toEqual([]);
});

it('a run looks for orders that a restore lost where somebody says since when', async () => {
  onPage = async () => null;
  await (await start({ lostSince: '2026-11-24T08:00:00.000Z' })).result();
  expect(pages).toEqual(reconcileSteps);
});

it('a run whose place another took stops at once and writes nothing', async () => {
  onPage = async (kind) => {
    if (kind === 'open_orders') throw ApplicationFailure.nonRetryable('it has ended', runEnded);
    return null;
  };
  await (await start()).result();
  expect(pages.at(-1)).toBe('open_orders');
  expect(pages.filter((kind) => kind === 'open_orders')).toHaveLength(1);
  expect(finished).toEqual([]);
});

it('a run that is cancelled ends as failed', async () => {
  let entered = () => {};
  const isInPage = new Promise<void>((resolve) => (entered = resolve));
  onPage = async () => {
    entered();
    throw new Error('not yet');
  };
  const handle = await start();
  await isInPage;
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancel/i);
  expect(finished[0]?.failures?.at(-1)).toEqual({ kind: null, id: null, message: 'the run was cancelled' });
});
