import { afterAll, expect } from 'vitest';

const open = new Set<{ readonly name: string }>();

/** Remembers a worker until it has ended: one that outlives its file would take other tests' work. */
export function watchWorker(name: string, ended: Promise<unknown>): void {
  const worker = { name };
  open.add(worker);
  const forget = () => void open.delete(worker);
  ended.then(forget, forget);
}

// Registered when a test file imports this, before the file's own hooks: so it runs after them.
afterAll(() => {
  expect(
    [...open].map(({ name }) => name),
    'workers that this file left running',
  ).toEqual([]);
});
