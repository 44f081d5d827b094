import type { Clock } from './clock.js';
import type { Journal } from './journal.js';
import type { ScheduledTask, Task } from './tasks.js';

// setTimeout overflows past 24.8 days, and a laptop that slept should notice within the hour.
const LONGEST_TIMER_MS = 3_600_000;

export type Agenda = ReturnType<typeof createAgenda>;

/**
 * Everything that will happen later, in one queue with one timer. In real time a due task is started and not waited
 * for; while the clock is moved by hand each task is finished at its own moment before the next one begins.
 */
export function createAgenda(deps: {
  clock: Clock;
  journal: Journal;
  run: (task: Task) => Promise<void> | void;
  onFailure: (failure: unknown, task: Task) => void;
}) {
  const { clock, journal } = deps;
  const queue = createDueQueue();
  const running = new Set<Promise<void>>();
  let lastId = 0;
  let timer: NodeJS.Timeout | undefined;
  let state: 'stopped' | 'ticking' | 'moved by hand' = 'stopped';
  let moving: Promise<unknown> = Promise.resolve();

  async function perform({ id, task }: ScheduledTask): Promise<void> {
    try {
      await deps.run(task);
    } catch (failure) {
      deps.onFailure(failure, task);
    }
    // A task nobody wrote down (a payment's watch) needs no line to end it either.
    if (task.kind !== 'watch_ends') journal.append({ record: 'task_done', id });
  }

  function start(due: ScheduledTask): Promise<void> {
    const promise = perform(due).finally(() => running.delete(promise));
    running.add(promise);
    return promise;
  }

  function tick(): void {
    for (let due = queue.takeDue(clock.now()); due !== undefined; due = queue.takeDue(clock.now())) void start(due);
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    const first = queue.first();
    if (state !== 'ticking' || first === undefined) return;
    timer = setTimeout(tick, Math.min(Math.max(first.dueMs - clock.now(), 0), LONGEST_TIMER_MS));
  }

  async function moveTo(targetMs: number): Promise<void> {
    state = 'moved by hand';
    clearTimeout(timer);
    try {
      await Promise.allSettled(running);
      for (let due = queue.takeDue(targetMs); due !== undefined; due = queue.takeDue(targetMs)) {
        clock.moveTo(due.dueMs);
        await start(due);
      }
      clock.moveTo(targetMs);
    } finally {
      state = 'ticking';
      arm();
    }
  }

  return {
    schedule(task: Task, dueMs: number): void {
      lastId += 1;
      const scheduled = { id: lastId, dueMs, task };
      if (task.kind !== 'watch_ends') journal.append({ record: 'task', task: scheduled });
      queue.add(scheduled);
      if (queue.first() === scheduled) arm();
    },
    restore(scheduled: ScheduledTask): void {
      lastId = Math.max(lastId, scheduled.id);
      queue.add(scheduled);
    },
    start(): void {
      state = 'ticking';
      arm();
    },
    /** Two callers who move the clock at once get their turns one after the other. */
    advance(ms: number): Promise<void> {
      const turn = moving.then(() => moveTo(clock.now() + ms));
      moving = turn.catch(() => undefined);
      return turn;
    },
    pending: (): readonly ScheduledTask[] => queue.all(),
    clear(): void {
      clearTimeout(timer);
      queue.clear();
    },
    async stop(): Promise<void> {
      state = 'stopped';
      clearTimeout(timer);
      queue.clear();
      await Promise.allSettled(running);
    },
  };
}

/** A binary heap: thousands of payments each wait for the end of their watch. */
function createDueQueue() {
  let heap: ScheduledTask[] = [];

  function isEarlier(left: number, right: number): boolean {
    const a = heap[left];
    const b = heap[right];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.dueMs === b.dueMs ? a.id < b.id : a.dueMs < b.dueMs;
  }

  function swap(left: number, right: number): void {
    [heap[left], heap[right]] = [heap[right] as ScheduledTask, heap[left] as ScheduledTask];
  }

  function sink(from: number): void {
    for (let at = from; ;) {
      let smallest = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isEarlier(child, smallest)) smallest = child;
      }
      if (smallest === at) return;
      swap(at, smallest);
      at = smallest;
    }
  }

  return {
    add(scheduled: ScheduledTask): void {
      heap.push(scheduled);
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!isEarlier(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    first: (): ScheduledTask | undefined => heap[0],
    all: (): readonly ScheduledTask[] => heap,
    takeDue(nowMs: number): ScheduledTask | undefined {
      const first = heap[0];
      if (first === undefined || first.dueMs > nowMs) return undefined;
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink(0);
      }
      return first;
    },
    clear(): void {
      heap = [];
    },
  };
}
