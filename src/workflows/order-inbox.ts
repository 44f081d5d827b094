import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { HandedFact, FactOutcome, HandedDecision } from '../domain/facts/fact.js';
import {
  advanceUpdate,
  applyUpdate,
  cancelUpdate,
  chooseUpdate,
  decisionRefused,
  factSignal,
  resolveUpdate,
} from './messages.js';

/** How long a person's word waits for what the provider is asked; usually that is done in a tenth of it. */
export const patienceMs = 3_000;

/** The facts an order has been handed and not dealt with yet. Handlers enqueue; the workflow's loop acts. */
export interface OrderInbox {
  hasFacts(): boolean;
  /** Whether one of these waits. */
  has(wanted: (fact: HandedFact) => boolean): boolean;
  /** The first of these, in the order they came. */
  take(wanted: (fact: HandedFact) => boolean): HandedFact | undefined;
  takeAll(wanted: (fact: HandedFact) => boolean, most: number): HandedFact[];
  /** What waits, for the next run. */
  waiting(): readonly HandedFact[];
  /** Puts back, at the front, what was taken and not dealt with. */
  putBack(facts: readonly HandedFact[]): void;
  /** Tells whoever handed the fact over by update what became of it. */
  answer(fact: HandedFact, outcome: FactOutcome): void;
}

export interface InboxRules {
  /** Why a decision is not even taken on; null: it is. */
  faultOf(fact: HandedDecision): string | null;
  /** The answer for a fact whose turn is not to come soon; it stays in the inbox. Null: whoever asks waits for its end. */
  answerMeanwhile(fact: HandedFact): FactOutcome | null;
  /** What the run before left. */
  readonly carried: readonly HandedFact[];
}

/** Sets the handlers; to be called before the workflow's first await, so that no early fact is missed. */
export function createOrderInbox({ faultOf, answerMeanwhile, carried }: InboxRules): OrderInbox {
  const waiting: HandedFact[] = [...carried];
  const known = new Set<string>(carried.map((fact) => fact.id));
  const outcomes = new Map<string, FactOutcome>();

  function enqueue(fact: HandedFact): void {
    if (known.has(fact.id)) return; // each fact id counts once
    known.add(fact.id);
    waiting.push(fact);
  }

  async function ask(fact: HandedFact): Promise<FactOutcome> {
    enqueue(fact);
    const isAnswered = () => outcomes.has(fact.id);
    if (answerMeanwhile(fact) !== null)
      await condition(() => isAnswered() || answerMeanwhile(fact) === null, patienceMs);
    const meanwhile = isAnswered() ? null : answerMeanwhile(fact);
    if (meanwhile !== null) return meanwhile;
    await condition(isAnswered);
    return outcomes.get(fact.id) as FactOutcome; // the condition above is that it is there
  }

  function refuseFaulty(fact: HandedDecision): void {
    // A fact in the inbox may yet change what is possible: then the settling step decides.
    const fault = waiting.length > 0 || known.has(fact.id) ? null : faultOf(fact);
    if (fault) throw ApplicationFailure.nonRetryable(fault, decisionRefused);
  }

  function take(wanted: (fact: HandedFact) => boolean): HandedFact | undefined {
    const at = waiting.findIndex(wanted);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  }

  setHandler(factSignal, enqueue);
  setHandler(cancelUpdate, ask);
  setHandler(chooseUpdate, ask);
  setHandler(resolveUpdate, ask, { validator: refuseFaulty });
  setHandler(applyUpdate, ask);
  setHandler(advanceUpdate, ask);

  return {
    hasFacts: () => waiting.length > 0,
    has: (wanted) => waiting.some(wanted),
    take,
    takeAll(wanted, most) {
      const taken = waiting.filter(wanted).slice(0, most);
      for (const fact of taken) waiting.splice(waiting.indexOf(fact), 1);
      return taken;
    },
    waiting: () => waiting,
    putBack(facts) {
      waiting.unshift(...facts);
    },
    answer(fact, outcome) {
      outcomes.set(fact.id, outcome);
    },
  };
}
