import { describe, expect, it } from 'vitest';
import { createMicroBatches } from '../../src/api/http/micro-batches.js';
import { eventually } from '../support/eventually.js';

/** Batches whose runs end when they are told to. */
function heldBatches({ most = 3, mostWaiting = 100, patienceMs = 60_000 } = {}) {
  const runs: { items: readonly number[]; end: (answers?: readonly (string | Error)[]) => void; fail: () => void }[] =
    [];
  const add = createMicroBatches<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        const all = items.map(String);
        runs.push({ items, end: (answers = all) => resolve(answers), fail: () => reject(new Error('all failed')) });
      }),
    { most, mostWaiting, patienceMs, refusal: () => new Error('too many') },
  );
  const run = (index: number) => eventually(() => runs[index] ?? Promise.reject(new Error(`no run ${index}`)));
  return { add, runs, run };
}

describe('micro-batches', () => {
  it('do at once what comes alone, and together what comes while that is under way, so many at most', async () => {
    const { add, runs, run } = heldBatches();
    const first = add(1);
    expect((await run(0)).items).toEqual([1]);
    const others = [2, 3, 4, 5].map(add);
    (await run(0)).end();
    expect(await first).toBe('1');
    expect((await run(1)).items).toEqual([2, 3, 4]);
    expect(runs).toHaveLength(2);
    (await run(1)).end();
    expect(await Promise.all(others.slice(0, 3))).toEqual(['2', '3', '4']);
    expect((await run(2)).items).toEqual([5]);
    (await run(2)).end();
    expect(await others[3]).toBe('5');
  });

  it('answer each the end of its own item, and go on after a run that failed', async () => {
    const { add, run } = heldBatches();
    const failing = add(1);
    await run(0);
    const mixed = [2, 3].map(add);
    (await run(0)).fail();
    await expect(failing).rejects.toThrow('all failed');
    (await run(1)).end(['fine', new Error('this one failed')]);
    expect(await mixed[0]).toBe('fine');
    await expect(mixed[1]).rejects.toThrow('this one failed');
  });

  it('refuse what is more than may wait, and take again when there is room', async () => {
    const { add, run } = heldBatches({ mostWaiting: 2 });
    const first = add(1);
    await run(0);
    const second = add(2);
    await expect(add(3)).rejects.toThrow('too many');
    (await run(0)).end();
    expect(await first).toBe('1');
    const third = add(4);
    (await run(1)).end(['2', '4']);
    expect(await Promise.all([second, third])).toEqual(['2', '4']);
  });

  it('do not wait for a run that hangs', async () => {
    const { add, run } = heldBatches({ patienceMs: 5 });
    void add(1);
    await run(0);
    const second = add(2);
    (await run(1)).end();
    expect(await second).toBe('2');
  });
});
