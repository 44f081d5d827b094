import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { merchantOf } from '../support/merchant.js';
import { steps, type Model, type Real } from '../support/order-commands.js';
import { startStack, type Stack } from '../support/stack.js';

// Merchants, payers and support do what they like, in lists of steps that fast-check makes and, where one fails, makes small. The
// same lists each time; others by MODEL_SEED and MODEL_RUNS.
const seed = Number(process.env['MODEL_SEED'] ?? 770_317);
const numRuns = Number(process.env['MODEL_RUNS'] ?? 12);
const maxCommands = 60;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour' } });
}, 120_000);
afterAll(() => stack?.close());

it('every answer is the one that the model gives, and afterwards every invariant holds', async () => {
  const done = new Set<string>();
  console.log(`[model] seed ${seed}, ${numRuns} lists of steps`);
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands, size: 'max' }), async (commands) => {
      const { id } = await insertAccount(stack.pool, {
        id: randomUUID(),
        name: 'Merchant',
        settings: { provider: 'installation' },
      });
      const model: Model = { orders: [], done: [] };
      const real: Real = { stack, merchant: await merchantOf(stack, id) };
      await fc.asyncModelRun(() => ({ model, real }), commands);
      for (const each of model.done) done.add(each);
      await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 250 });
    }),
    { seed, numRuns, unbiased: true }, // else the first lists are of one step or none
  );
  console.log(`[model] steps: ${[...done].sort().join(', ')}`);
  const all = [
    'cancel',
    'decline',
    'honour',
    'list',
    'mint',
    'pay',
    'pay a part',
    'pay again',
    'refund',
    'replay',
    'top up',
  ];
  expect([...done].sort()).toEqual(all); // a step that was never taken proves nothing
}, 600_000);
