import { setTimeout as pause } from 'node:timers/promises';
import { minute } from '../../domain/timing.js';
import { orderMarks, type OrderMark } from '../../db/orders/order-announcements.js';
import type { AppDeps } from '../deps.js';
import { followOrders, type OrderFeed } from './order-feed.js';
import { createStreamRoom } from './stream-room.js';

const heartbeatMs = 20_000;
const lookAgainMs = minute; // a safety net: should an announcement ever get lost, pages are a minute behind
const retryMs = 1_000;
const ordersPerRead = 1_000;

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

/** However many pages are open, one connection listens and each changed order is read once. */
export function createLiveStatus(deps: Pick<AppDeps, 'pool' | 'log' | 'metrics' | 'settings'>): LiveStatus {
  const room = createStreamRoom(deps);
  const streamsByOrder = new Map<string, Map<Stream, string | null>>(); // each with the mark it was sent last
  const reader = createReader(deps, tell);
  let isClosed = false;
  let feed: OrderFeed | null = null;
  let timers: NodeJS.Timeout[] = [];

  function start(): void {
    feed = followOrders(deps, { onChange: noteChange, onConnected: lookAtAll });
    timers = [setInterval(beatAll, heartbeatMs), setInterval(lookAtAll, lookAgainMs)];
    for (const timer of timers) timer.unref();
  }

  function noteChange(orderId: string): void {
    if (streamsByOrder.has(orderId)) reader.read(orderId);
  }

  function lookAtAll(): void {
    for (const orderId of streamsByOrder.keys()) noteChange(orderId);
  }

  function tell(mark: OrderMark): void {
    const streams = streamsByOrder.get(mark.id);
    const text = markText(mark);
    for (const [stream, sent] of streams ?? []) {
      if (sent === text) continue;
      streams?.set(stream, text);
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
      const streams = streamsByOrder.get(orderId) ?? new Map<Stream, string | null>();
      if (isClosed || room.isFull(stream.from, streams.size)) return null;
      streamsByOrder.set(orderId, streams.set(stream, null));
      room.enter(stream.from);
      if (!feed) start();
      noteChange(orderId);
      return () => leave(orderId, stream);
    },
    async close() {
      isClosed = true;
      reader.stop();
      for (const timer of timers) clearInterval(timer);
      for (const streams of [...streamsByOrder.values()]) for (const stream of [...streams.keys()]) stream.end();
      await feed?.stop();
    },
  };
}

/** Reads changed orders in one statement at a time: what changes during a read gathers for the next. */
function createReader({ pool, log }: Pick<AppDeps, 'pool' | 'log'>, onMark: (mark: OrderMark) => void) {
  const unread = new Set<string>();
  let isReading = false;
  let isStopped = false;

  async function readUnread(): Promise<void> {
    const ids = [...unread].slice(0, ordersPerRead);
    for (const id of ids) unread.delete(id);
    try {
      for (const mark of await orderMarks(pool, ids)) onMark(mark);
    } catch (failure) {
      log.warn({ failure: String(failure) }, 'changed orders not read; trying again');
      for (const id of ids) unread.add(id);
      await pause(retryMs, undefined, { ref: false });
    }
  }

  async function readAll(): Promise<void> {
    isReading = true;
    while (unread.size > 0 && !isStopped) await readUnread();
    isReading = false;
  }

  return {
    read(orderId: string): void {
      unread.add(orderId);
      if (!isReading) void readAll();
    },
    stop(): void {
      isStopped = true;
    },
  };
}

/** Changes whenever a page would: what a stream sends, and what the page compares with its own. */
export function markText({ version, updatedAt }: Pick<OrderMark, 'version' | 'updatedAt'>): string {
  return `${version}.${Date.parse(updatedAt)}`;
}
