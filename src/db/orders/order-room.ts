import type { Mode } from '../../domain/ids.js';
import { orderRoom, type OrderLimits } from './order-limits.js';
import type { Database } from '../pool.js';

export interface RoomKeeper {
  /** Whether the account surely has room for one more order; if not, only an exact count can tell. */
  hasRoom(db: Database, owner: { accountId: string; mode: Mode }, limits: OrderLimits): Promise<boolean>;
}

interface Entry {
  free: number;
  credit: number;
  untilMs: number;
  counting: Promise<void> | null;
}

// A count is worth a sixteenth of what it found free: so many API processes cannot overshoot a limit together.
const share = 16;
const goodForMs = 2_000;
const mostEntries = 10_000;

/** Spares a busy account with much room left the count of all its orders at each checkout. */
export function createRoomKeeper(nowMs: () => number): RoomKeeper {
  const entries = new Map<string, Entry>();

  function entryOf({ accountId, mode }: { accountId: string; mode: Mode }): Entry {
    const name = `${accountId}/${mode}`;
    const entry = entries.get(name) ?? { free: 0, credit: 0, untilMs: 0, counting: null };
    if (entries.size >= mostEntries) entries.clear();
    entries.set(name, entry);
    return entry;
  }

  async function count(db: Database, owner: { accountId: string; mode: Mode }, limits: OrderLimits, entry: Entry) {
    const { free } = await orderRoom(db, owner, limits);
    entry.free = free;
    entry.credit = Math.floor(free / share);
    entry.untilMs = nowMs() + goodForMs;
  }

  return {
    async hasRoom(db, owner, limits) {
      const entry = entryOf(owner);
      const isStale = nowMs() >= entry.untilMs;
      if (isStale || (entry.credit === 0 && entry.free >= share)) {
        entry.counting ??= count(db, owner, limits, entry).finally(() => (entry.counting = null));
        await entry.counting;
      }
      if (entry.credit === 0) return false;
      entry.credit -= 1;
      return true;
    },
  };
}
