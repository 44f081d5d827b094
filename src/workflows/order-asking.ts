import { condition } from '@temporalio/workflow';
import type { HandedFact } from '../domain/facts/fact.js';
import { assertNever } from '../domain/invariant.js';
import { waitings, type OperatorView } from './operator-view.js';
import { patienceMs, type OrderInbox } from './order-inbox.js';

const leastPatienceMs = 1_000;

/** A step that asks the provider, beside the loop, so that an outage holds up nobody who needs no provider. */
export interface Asking {
  isRunning(): boolean;
  /** Begins the step that settles the fact; one at a time. */
  begin(fact: HandedFact, step: () => Promise<void>): void;
  /** A failed step is the loop's failure: this run is cancelled, or broken. */
  throwFailure(): void;
  /**
   * Waits until the step has ended, or until somebody's word has waited for it long enough: that goes ahead. Until then the
   * order they came in counts, since what is being settled may decide what the word can do. What a word waited while the
   * step's first try held the task is not seen in here, so patience is counted from the step's beginning.
   */
  wordMeanwhile(): Promise<HandedFact | 'look again'>;
}

/** `mayBeTaken`: whether a fact can be dealt with now, beside the step. */
export function createAsking(
  inbox: OrderInbox,
  view: Pick<OperatorView, 'waitsFor'>,
  mayBeTaken: (fact: HandedFact) => boolean,
): Asking {
  let running = false;
  let begunAt = 0;
  let failed: { readonly reason: unknown } | null = null;
  const isRunning = () => running;
  const isWord = (fact: HandedFact) => !needsProvider(fact) && mayBeTaken(fact);

  return {
    isRunning,
    begin(fact, step) {
      running = true;
      begunAt = Date.now();
      view.waitsFor(waitings.provider(fact));
      void step()
        .catch((reason: unknown) => (failed = { reason }))
        .finally(() => (running = false));
    },
    throwFailure() {
      if (failed !== null) throw failed.reason;
    },
    async wordMeanwhile() {
      await condition(() => inbox.has(isWord) || !isRunning());
      const leftMs = Math.max(leastPatienceMs, begunAt + patienceMs - Date.now());
      if (isRunning()) await condition(() => !isRunning(), leftMs);
      return (isRunning() && inbox.take(isWord)) || 'look again';
    },
  };
}

/** Facts that are understood by asking the provider: they wait for as long as it is away. */
export function needsProvider({ kind }: HandedFact): boolean {
  switch (kind) {
    case 'ipn':
    case 'poll':
    case 'reconcile':
    case 'window_closed':
    case 'partial_window_ended':
    case 'advance':
      return true;
    case 'slow_confirmation':
    case 'choice':
    case 'cancel':
    case 'operator':
    case 'resolve':
      return false;
    default:
      return assertNever(kind);
  }
}
