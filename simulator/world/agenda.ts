import type { Clock } from './clock.js';
import { createDueQueue } from './due-queue.js';
import type { Appender } from './journal.js';
import type { ScheduledTask, Task, TaskLine } from './tasks.js';

// setTimeout overflows past 24.8 days, and a laptop that slept should notice within the hour.
const LONGEST_TIMER_MS = 3_600_000;

interface Running {
  journal: Appender<TaskLine>;
  run: (task: Task) => Promise<void> | void;
  onFailure: (failure: unknown, task: Task) => void;
}

export type Agenda = ReturnType<typeof createAgenda>;

/**
 * Everything that will happen later, in one queue with one timer. In real time a due task is started and not waited
 * for; while the clock is moved by hand each task is finished at its own moment before the next one begins.
 */
export function createAgenda({ clock, ...running }: Running & { clock: Clock }) {
  const queue = createDueQueue();
  const runner = createRunner(running);
  let lastId = 0;
  let timer: NodeJS.Timeout | undefined;
  let state: 'stopped' | 'ticking' | 'moved by hand' = 'stopped';
  let moving: Promise<unknown> = Promise.resolve();

  function tick(): void {
    for (let due = queue.takeDue(clock.now()); due !== undefined; due = queue.takeDue(clock.now())) {
      void runner.start(due);
    }
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
    await runner.allEnded();
    for (let due = queue.takeDue(targetMs); due !== undefined; due = queue.takeDue(targetMs)) {
      clock.moveTo(due.dueMs);
      await runner.start(due);
    }
    clock.moveTo(targetMs);
    state = 'ticking';
    arm();
  }

  return {
    schedule(task: Task, dueMs: number): void {
      lastId += 1;
      const scheduled = { id: lastId, dueMs, task };
      if (isWrittenDown(task)) running.journal.append({ record: 'task', task: scheduled });
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
      moving = turn;
      return turn;
    },
    pending: queue.all,
    clear(): void {
      clearTimeout(timer);
      queue.clear();
    },
    async stop(): Promise<void> {
      state = 'stopped';
      this.clear();
      await runner.allEnded();
    },
  };
}

/** Ends every task with a line in the journal, however it went: a failure is told, never tried again for ever. */
function createRunner({ journal, run, onFailure }: Running) {
  const running = new Set<Promise<void>>();

  async function perform({ id, task }: ScheduledTask): Promise<void> {
    try {
      await run(task);
    } catch (failure) {
      onFailure(failure, task);
    }
    if (isWrittenDown(task)) journal.append({ record: 'task_done', id });
  }

  return {
    start(due: ScheduledTask): Promise<void> {
      const ended = perform(due).finally(() => running.delete(ended));
      running.add(ended);
      return ended;
    },
    async allEnded(): Promise<void> {
      await Promise.allSettled(running);
    },
  };
}

/** The end of a watch follows from the payment itself. */
function isWrittenDown(task: Task): boolean {
  return task.kind !== 'watch_ends';
}
