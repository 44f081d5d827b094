import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkipping } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  environment = await timeSkipping();
});

afterAll(async () => {
  await environment.teardown();
});

it('passes a week in well under a minute', async () => {
  const before = await environment.currentTimeMs();
  await environment.sleep('7 days');
  expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(7 * 24 * 60 * 60 * 1000);
});
