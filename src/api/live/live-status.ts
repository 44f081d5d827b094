import { setTimeout as pause } from 'node:timers/promises';
import { changedMarks, type KnownMark, type OrderMark } from '../../db/orders/order-marks.js';
import type { AppDeps } from '../deps.js';
import { createStreamRoom } from './stream-room.js';

const heartbeatMs = 20_000;
const lookEveryMs = 500; // what a payer does not notice
const retryMs = 2_000;
const ordersPerLook = 1_000;

/** One open page. */
export interface Stream {
  readonly from: string; // its address, or the /64 of it
  send(mark: OrderMark): void;
  beat(): void;
  end(): void;
}

export interface LiveStatus {
  /**
   * Tells the stream how the order stands, now and after each change; a paid order ends it. Answers how to leave, or null
   * when this process, the order or the address has as many streams as it may.
   */
  watch(orderId: string, stream: Stream): (() => void) | null;
  /** Ends every stream: browsers come back, to another process. */
  close(): Promise<void>;
}

/**
 * However many pages are open, their orders are asked for together, twice a second, and those that changed are told. Nobody
 * announces a change: PostgreSQL lets commits that notify go one by one, and every order would wait for the pages of others.
 */
export function createLiveStatus(deps: Pick<AppDeps, 'pool' | 'log' | 'metrics' | 'settings'>): LiveStatus {
  const room = createStreamRoom(deps);
  const streamsByOrder = new Map<string, Map<Stream, OrderMark | null>>(); // each with the mark it was sent last
  const closing = new AbortController();
  let looking: Promise<void> | null = null;
  let heart: NodeJS.Timeout | undefined;

  function start(): void {
    looking = lookOn();
    heart = setInterval(beatAll, heartbeatMs).unref();
  }

  async function lookOn(): Promise<void> {
    while (!closing.signal.aborted) {
      const waitMs = await lookAtAll().catch((failure: Error) => {
        deps.log.warn({ failure: String(failure) }, 'orders of open pages not read; trying again');
        return retryMs;
      });
      await pause(waitMs, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  }

  async function lookAtAll(): Promise<number> {
    const known = [...streamsByOrder].map(([id, streams]) => knownOf(id, streams));
    for (let from = 0; from < known.length; from += ordersPerLook) {
      const changed = await changedMarks(deps.pool, known.slice(from, from + ordersPerLook));
      for (const mark of changed) tell(mark);
    }
    return lookEveryMs;
  }

  function tell(mark: OrderMark): void {
    const streams = streamsByOrder.get(mark.id);
    for (const [stream, sent] of streams ?? []) {
      if (sent && markText(sent) === markText(mark)) continue;
      streams?.set(stream, mark);
      stream.send(mark);
      if (mark.status === 'paid') stream.end();
    }
  }

  function beatAll(): void {
    for (const streams of streamsByOrder.values()) for (const stream of streams.keys()) stream.beat();
  }

  function leave(orderId: string, stream: Stream): void {
    const streams = streamsByOrder.get(orderId);
    if (!streams?.delete(stream)) return;
    if (streams.size === 0) streamsByOrder.delete(orderId);
    room.leave(stream.from);
  }

  return {
    watch(orderId, stream) {
      const streams = streamsByOrder.get(orderId) ?? new Map<Stream, OrderMark | null>();
      if (closing.signal.aborted || room.isFull(stream.from, streams.size)) return null;
      streamsByOrder.set(orderId, streams.set(stream, null));
      room.enter(stream.from);
      if (!looking) start();
      return () => leave(orderId, stream);
    },
    async close() {
      closing.abort();
      clearInterval(heart);
      for (const streams of [...streamsByOrder.values()]) for (const stream of [...streams.keys()]) stream.end();
      await looking;
    },
  };
}

/** What all of an order's streams were told; nothing, where one of them is new. */
function knownOf(id: string, streams: ReadonlyMap<Stream, OrderMark | null>): KnownMark {
  const [first = null, ...others] = streams.values();
  const isCommon = others.every((mark) => mark && first && markText(mark) === markText(first));
  return isCommon && first ? first : { id, version: null, updatedAt: null };
}

/** Changes whenever a page would: what a stream sends, and what the page compares with its own. */
export function markText({ version, updatedAt }: Pick<OrderMark, 'version' | 'updatedAt'>): string {
  return `${version}.${Date.parse(updatedAt)}`;
}
