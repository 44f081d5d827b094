import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { Fact, FactOutcome, ResolveFact } from '../domain/facts/fact.js';
import { applyUpdate, cancelUpdate, decisionRefused, factSignal, resolveUpdate } from './messages.js';

/** The facts an order has been handed and not dealt with yet. Handlers enqueue; the workflow's loop acts. */
export interface OrderInbox {
  hasFacts(): boolean;
  take(): Fact | undefined;
  /** A cancellation need not wait for a slow mint; every other fact does. */
  hasCancellation(): boolean;
  takeCancellation(): Fact | undefined;
  /** Tells whoever handed the fact over by update what became of it. */
  answer(fact: Fact, outcome: FactOutcome): void;
}

/**
 * Sets the handlers; to be called before the workflow's first await, so that no early fact is missed. `faultOf` says why a
 * decision is not even taken on.
 */
export function createOrderInbox(faultOf: (fact: ResolveFact) => string | null): OrderInbox {
  const waiting: Fact[] = [];
  const known = new Set<string>();
  const outcomes = new Map<string, FactOutcome>();

  function enqueue(fact: Fact): void {
    if (known.has(fact.id)) return; // each fact id counts once
    known.add(fact.id);
    waiting.push(fact);
  }

  async function ask(fact: Fact): Promise<FactOutcome> {
    enqueue(fact);
    await condition(() => outcomes.has(fact.id));
    return outcomes.get(fact.id) as FactOutcome; // the condition above is that it is there
  }

  function refuseFaulty(fact: ResolveFact): void {
    // A fact in the inbox may yet change what is possible: then the settling step decides.
    const fault = waiting.length > 0 || known.has(fact.id) ? null : faultOf(fact);
    if (fault) throw ApplicationFailure.nonRetryable(fault, decisionRefused);
  }

  setHandler(factSignal, enqueue);
  setHandler(cancelUpdate, ask);
  setHandler(resolveUpdate, ask, { validator: refuseFaulty });
  setHandler(applyUpdate, ask);

  return {
    hasFacts: () => waiting.length > 0,
    take: () => waiting.shift(),
    hasCancellation: () => waiting.some(isCancellation),
    takeCancellation: () => {
      const at = waiting.findIndex(isCancellation);
      return at < 0 ? undefined : waiting.splice(at, 1)[0];
    },
    answer(fact, outcome) {
      outcomes.set(fact.id, outcome);
    },
  };
}

function isCancellation(fact: Fact): boolean {
  return fact.kind === 'cancel';
}
