import { decisionMeaning, nothingNew, plainMeaning, type Meaning } from '../../src/domain/facts/meaning.js';
import { readMeaning, type Reading } from '../../src/domain/facts/read-meaning.js';
import { windowEndMeaning } from '../../src/domain/facts/window-end-meaning.js';
import { allowedActions } from '../../src/domain/cases/support-case.js';
import { decide } from '../../src/domain/order.js';
import { settle, situationOf, type Line, type OrderInMemory } from '../support/order-in-memory.js';

export type ModelFact =
  | { readonly kind: 'read'; readonly source: 'ipn' | 'poll' | 'reconcile'; readonly says: Reading }
  | { readonly kind: 'window_closed' | 'partial_window_ended'; readonly says: Reading }
  | { readonly kind: 'cancelled_by_owner' | 'honour' | 'decline' };

/** One line of the timeline, with the reading that led to it. */
export interface Step extends Line {
  readonly says: Reading | null;
}

const clocks = { at: '2026-11-25T12:00:00.000Z', partialWindowMs: 7 * 24 * 60 * 60_000 };

/** One fact, as settling does it: understand, decide by the table, write. Answers the step that it made, if any. */
export function take(order: OrderInMemory, fact: ModelFact): Step | null {
  const decision = settle(order, understand(order, fact), clocks);
  const line = order.timeline.at(-1);
  return decision.kind === 'moved' && line ? { ...line, says: 'says' in fact ? fact.says : null } : null;
}

function understand(order: OrderInMemory, fact: ModelFact): Meaning {
  switch (fact.kind) {
    case 'read':
      return readMeaning(situationOf(order), fact.says, fact.source);
    case 'window_closed':
    case 'partial_window_ended': {
      const ends = decide(order.status, fact.kind).kind === 'moved';
      return windowEndMeaning(
        order.status,
        fact.kind,
        ends ? readMeaning(situationOf(order), fact.says, 'poll') : null,
      );
    }
    case 'cancelled_by_owner':
      return plainMeaning(order.status, { kind: 'cancel', id: 'cancel' });
    case 'honour':
    case 'decline':
      return wordOfSupport(order, fact.kind);
  }
}

/** What support says about the first case that lets it. */
function wordOfSupport(order: OrderInMemory, action: 'honour' | 'decline'): Meaning {
  const found = order.cases.find(
    ({ isOpen, kind, amount }) => isOpen && allowedActions(kind, order.status, amount).includes(action),
  );
  if (!found) return nothingNew('support');
  const word = { id: 'd', caseId: 'c', actor: 'mira', approvedBy: null, reason: 'as it is' };
  const meaning = decisionMeaning(order.status, { ...word, kind: 'resolve', action }, found.kind);
  found.isOpen = false;
  return meaning;
}
