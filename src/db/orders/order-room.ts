import { orderRoom, type OrderLimits, type RoomOwner } from './order-limits.js';
import type { Database } from '../pool.js';

export interface RoomKeeper {
  /** Whether the account surely has room for one more order; if not, only an exact count can tell. */
  hasRoom(db: Database, owner: RoomOwner, limits: OrderLimits): Promise<boolean>;
}

interface Entry {
  free: number;
  credit: number;
  countAgainMs: number;
  expiresMs: number;
  counting: Promise<void> | null;
}

// A count is worth a sixteenth of what it found free: so many API processes cannot overshoot a limit together.
const share = 16;
const goodForMs = 2_000;
const longestGoodMs = 10_000;
const timesAsLong = 10; // an account whose count takes long is counted more rarely: at most a tenth of the time
const mostEntries = 10_000;

/**
 * Spares a busy account with much room left the count of all its orders at each checkout. While what was counted is worth
 * something, no checkout waits for the next count: it goes on beside them.
 */
export function createRoomKeeper(nowMs: () => number): RoomKeeper {
  const entries = new Map<string, Entry>();

  function entryOf({ accountId, mode }: RoomOwner): Entry {
    const name = `${accountId}/${mode}`;
    const entry = entries.get(name) ?? { free: 0, credit: 0, countAgainMs: 0, expiresMs: 0, counting: null };
    if (entries.size >= mostEntries) entries.clear();
    entries.set(name, entry);
    return entry;
  }

  async function count(db: Database, owner: RoomOwner, limits: OrderLimits, entry: Entry) {
    const begunMs = nowMs();
    const { free } = await orderRoom(db, owner, limits);
    const tookMs = nowMs() - begunMs;
    entry.free = free;
    entry.credit = Math.floor(free / share);
    entry.countAgainMs = nowMs() + Math.min(longestGoodMs, Math.max(goodForMs, tookMs * timesAsLong));
    entry.expiresMs = nowMs() + 2 * longestGoodMs;
  }

  return {
    async hasRoom(db, owner, limits) {
      const entry = entryOf(owner);
      if (nowMs() >= entry.expiresMs) entry.credit = 0;
      const isStale = nowMs() >= entry.countAgainMs;
      if (isStale || (entry.credit === 0 && entry.free >= share)) {
        entry.counting ??= count(db, owner, limits, entry).finally(() => (entry.counting = null));
        entry.counting.catch(() => {}); // whoever waits for it hears of it, and the next checkout counts again
        if (entry.credit === 0) await entry.counting;
      }
      if (entry.credit === 0) return false;
      entry.credit -= 1;
      return true;
    },
  };
}
