import type { ScheduledTask } from './tasks.js';

/** A binary heap by due time, then by number: thousands of payments each wait for the end of their watch. */
export function createDueQueue() {
  let heap: ScheduledTask[] = [];

  function isEarlier(left: number, right: number): boolean {
    const a = heap[left];
    const b = heap[right];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.dueMs === b.dueMs ? a.id < b.id : a.dueMs < b.dueMs;
  }

  function swap(left: number, right: number): void {
    const moved = heap[left] as ScheduledTask; // both are inside the heap
    heap[left] = heap[right] as ScheduledTask;
    heap[right] = moved;
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
