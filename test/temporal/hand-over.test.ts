import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { HandedFact } from '../../src/domain/facts/fact.js';
import { createOrderRuns } from '../../src/temporal/order-runs.js';
import { TemporalAway } from '../../src/temporal/temporal-watch.js';
import type { OrderStart } from '../../src/workflows/messages.js';

const fact: HandedFact = { kind: 'ipn', id: 'a-notice' };
const order = {
  orderId: 'an-order',
  accountId: 'an-account',
  summary: 'team_manual',
  payCurrency: 'usdttrc20',
  queues: { orders: 'orders', provider: 'provider', webhooks: 'webhooks' },
} as OrderStart;

/** Says what Temporal was told, when the present run answers so. */
async function handedOver(presentRun: () => Promise<void>): Promise<string[]> {
  const told: string[] = [];
  const workflow = {
    getHandle: (id: string) => ({
      signal: (_signal: unknown, said: HandedFact) => {
        told.push(`signal ${id} ${said.id}`);
        return presentRun();
      },
    }),
    signalWithStart: (_type: string, given: { workflowId: string; signalArgs: [HandedFact] }) => {
      told.push(`start and signal ${given.workflowId} ${given.signalArgs[0].id}`);
      return Promise.resolve();
    },
  };
  const connection = { withDeadline: (_deadline: number, call: () => Promise<unknown>) => call() };
  await createOrderRuns({ workflow, connection } as unknown as Client).handOver(order, fact);
  return told;
}

it('tells the run that is there, and no more', async () => {
  expect(await handedOver(() => Promise.resolve())).toEqual(['signal crypto-order/an-order a-notice']);
});

it('starts a run with the fact where there is none any more', async () => {
  const ended = () => Promise.reject(new WorkflowNotFoundError('it has ended', 'crypto-order/an-order', undefined));
  expect(await handedOver(ended)).toEqual([
    'signal crypto-order/an-order a-notice',
    'start and signal crypto-order/an-order a-notice',
  ]);
});

it('starts none when Temporal failed: the run may be there', async () => {
  await expect(handedOver(() => Promise.reject(new Error('cut off')))).rejects.toThrow(TemporalAway);
});
