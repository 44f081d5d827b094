import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  advanceUpdate,
  applyUpdate,
  cancelUpdate,
  chooseUpdate,
  decisionRefused,
  factSignal,
  openUpdate,
  orderWorkflowId,
  resolveUpdate,
  type OrderStart,
} from '../workflows/messages.js';
import { despiteEndingRuns } from './lost-updates.js';
import { startOptions } from './order-start.js';
import { createTemporalWatch, TemporalAway } from './temporal-watch.js';
import type {
  AdvanceFact,
  ChoiceFact,
  FactOutcome,
  HandedDecision,
  HandedFact,
  HandedWord,
} from '../domain/facts/fact.js';
import type { cryptoOrderWorkflow } from '../workflows/crypto-order.js';

/** Hands things to the workflows of orders, starting them where needed. */
export interface OrderRuns {
  /** Starts or joins the order's run and waits until it has its address, at most until the deadline. Never throws. */
  open(order: OrderStart, deadlineMs: number): Promise<'opened' | 'unfinished'>;
  /** Starts the order's run if there is none; throws TemporalAway. */
  start(order: OrderStart): Promise<void>;
  /** Hands over a fact, starting a second run when the first is closed; throws TemporalAway. */
  handOver(order: OrderStart, fact: HandedFact): Promise<void>;
  cancel(order: OrderStart, requestId: string): Promise<FactOutcome>;
  /** Hands over the coin that the order's payer has chosen. */
  choose(order: OrderStart, choice: ChoiceFact): Promise<FactOutcome>;
  /** Puts the clocks of a test order forward. */
  advance(order: OrderStart, step: AdvanceFact): Promise<FactOutcome>;
  /** Hands support's decision on a case to the order's run; a refusal is a value, with its reason. */
  resolve(order: OrderStart, fact: HandedDecision): Promise<Pick<FactOutcome, 'kind' | 'reason'>>;
  apply(order: OrderStart, fact: HandedWord): Promise<FactOutcome>;
  ping(): Promise<boolean>;
}

const outcomeDeadlineMs = 20_000;
const signalDeadlineMs = 4_000;
const pingDeadlineMs = 2_500;

export function createOrderRuns(client: Client): OrderRuns {
  const { askRun, outcomeOf, calling } = createCalls(client);

  return {
    async open(order, deadlineMs) {
      try {
        // One id for all callers of one order: a retry waits on the same update.
        const opened = await askRun<{ minted: boolean }, []>(order, openUpdate, {
          id: 'open',
          args: [],
          deadlineMs,
        });
        return opened.minted ? 'opened' : 'unfinished';
      } catch {
        return 'unfinished'; // the order is stored; a replay of the key or reconcile goes on from there
      }
    },
    async start(order) {
      await calling(() =>
        client.workflow.start<typeof cryptoOrderWorkflow>('cryptoOrderWorkflow', {
          ...startOptions(order),
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
    },
    async handOver(order, fact) {
      await calling(async () => {
        if (!(await tellPresentRun(client, order, fact))) await tellNewRun(client, order, fact);
      });
    },
    cancel: (order, requestId) => outcomeOf(order, cancelUpdate, [{ kind: 'cancel', id: requestId }]),
    choose: (order, choice) => outcomeOf(order, chooseUpdate, [choice]),
    advance: (order, step) => outcomeOf(order, advanceUpdate, [step]),
    resolve: (order, fact) => outcomeOf(order, resolveUpdate, [fact]).catch(refusalIn),
    apply: (order, fact) => outcomeOf(order, applyUpdate, [fact]),
    ping: () => isReachable(client),
  };
}

/** Calls with a deadline, given up sooner by a Temporal that does not answer. */
function createCalls(client: Client) {
  const watch = createTemporalWatch(() => isReachable(client));

  async function askRun<Answer, Args extends [unknown?]>(
    order: OrderStart,
    update: Parameters<typeof client.workflow.executeUpdateWithStart<typeof cryptoOrderWorkflow, Answer, Args>>[0],
    { id, args, deadlineMs }: { id: string; args: Args; deadlineMs: number },
  ): Promise<Answer> {
    const ask = () => {
      const start = { ...startOptions(order), workflowIdConflictPolicy: 'USE_EXISTING' } as const;
      // An operation serves once, so each try has its own.
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof cryptoOrderWorkflow>(
        'cryptoOrderWorkflow',
        start,
      );
      // The overloads of the SDK distinguish updates with and without arguments; ours are checked by `Args`.
      return client.workflow.executeUpdateWithStart(update, { updateId: id, startWorkflowOperation, args });
    };
    return watch.during(() => client.connection.withDeadline(Date.now() + deadlineMs, () => despiteEndingRuns(ask)));
  }

  /** Hands a fact over by update and waits for what becomes of it. */
  async function outcomeOf<Args extends [HandedFact]>(
    order: OrderStart,
    update: unknown,
    args: Args,
  ): Promise<FactOutcome> {
    try {
      return await askRun<FactOutcome, Args>(order, update as never, {
        id: args[0].id,
        args,
        deadlineMs: outcomeDeadlineMs,
      });
    } catch (failure) {
      throw awayOr(failure);
    }
  }

  async function calling(call: () => Promise<unknown>): Promise<void> {
    try {
      await watch.during(() => client.connection.withDeadline(Date.now() + signalDeadlineMs, call));
    } catch (failure) {
      throw awayOr(failure);
    }
  }

  return { askRun, outcomeOf, calling };
}

/** Whether there was one. Nearly always there is: then nothing has to be said of how one would be started. */
async function tellPresentRun(client: Client, order: OrderStart, fact: HandedFact): Promise<boolean> {
  try {
    await client.workflow.getHandle(orderWorkflowId(order.orderId)).signal(factSignal, fact);
    return true;
  } catch (failure) {
    if (failure instanceof WorkflowNotFoundError) return false;
    throw failure;
  }
}

/** Tells the present run all the same, if one began meanwhile. */
async function tellNewRun(client: Client, order: OrderStart, fact: HandedFact): Promise<void> {
  await client.workflow.signalWithStart<typeof cryptoOrderWorkflow, [HandedFact]>('cryptoOrderWorkflow', {
    ...startOptions(order),
    signal: factSignal,
    signalArgs: [fact],
  });
}

/** A decision that the run did not even take on; anything else is thrown on. */
function refusalIn(failure: unknown): Pick<FactOutcome, 'kind' | 'reason'> {
  const cause = failure instanceof WorkflowUpdateFailedError ? failure.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.type === decisionRefused) {
    return { kind: 'refused', reason: cause.message };
  }
  throw failure;
}

async function isReachable({ connection }: Client): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + pingDeadlineMs, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

function awayOr(failure: unknown): Error {
  if (failure instanceof WorkflowUpdateFailedError || failure instanceof TemporalAway) return failure;
  if (isGrpcServiceError(failure) || failure instanceof Error)
    return new TemporalAway(failure.message, { cause: failure });
  return new TemporalAway(String(failure));
}
