import type { Fact, HandedFact } from '../../domain/facts/fact.js';
import { assert, assertNever } from '../../domain/invariant.js';
import { reasonOf } from '../../db/orders/fact-reasons.js';
import type { Database } from '../../db/pool.js';

/** The fact as it was handed over, with what a person typed: that stays in the database and waits here under its id. */
export async function toldFact(db: Database, fact: HandedFact): Promise<Fact> {
  switch (fact.kind) {
    case 'operator':
      return { ...fact, reason: await reasonOf(db, fact.id) };
    case 'resolve': {
      const reason = await reasonOf(db, fact.id);
      assert(reason !== null, `nobody said why ${fact.id} was decided`);
      return { ...fact, reason };
    }
    case 'window_closed': {
      const { sweep, ...closed } = fact;
      return sweep ? { ...closed, sweep: { ...sweep, reason: await reasonOf(db, fact.id) } } : closed;
    }
    case 'ipn':
    case 'poll':
    case 'reconcile':
    case 'partial_window_ended':
    case 'slow_confirmation':
    case 'cancel':
    case 'choice':
    case 'advance':
      return fact;
    default:
      return assertNever(fact);
  }
}
