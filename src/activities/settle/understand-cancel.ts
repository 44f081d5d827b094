import { setTimeout as pause } from 'node:timers/promises';
import type { Fact } from '../../domain/facts/fact.js';
import { cancelMeaning } from '../../domain/facts/cancel-meaning.js';
import { plainMeaning, type Meaning } from '../../domain/facts/meaning.js';
import { decide } from '../../domain/order.js';
import { refusalOfRead } from '../evidence.js';
import type { Understanding } from './understanding.js';

const longestReadMs = 3_000; // somebody waits for the answer

/** A cancellation looks first, for a moment: coins that are on the chain already would become late money. */
export async function understandCancel(
  { order }: Understanding,
  fact: Fact & { kind: 'cancel' },
  read: () => Promise<Meaning | null>,
): Promise<Meaning> {
  const cancelled = plainMeaning(order.status, fact);
  const mayHold = order.payAddress !== null || order.coinChoice === 'payer'; // coins that are on their way
  if (!mayHold || decide(order.status, cancelled.event).kind === 'refused') return cancelled;
  return cancelMeaning(order.status, cancelled, await inTime(read()));
}

/** The reading, if it comes in time; null: it does not, or the provider is away. */
async function inTime(reading: Promise<Meaning | null>): Promise<Meaning | null> {
  const read = reading.catch((failure: unknown) => {
    if (refusalOfRead(failure) === null) throw failure;
    return null;
  });
  read.catch(() => {}); // when it fails too late, nobody listens any more
  const timer = new AbortController();
  try {
    return await Promise.race([read, pause(longestReadMs, null, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
