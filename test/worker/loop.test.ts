import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.js';
import { hour } from '../../src/domain/timing.js';
import { startLoop } from '../../src/worker/loop.js';

const log = createLog({ name: 'test', level: 'silent' });

/** A promise, and the way to keep it. */
function gate(): { opens: Promise<void>; open: () => void } {
  let open = () => {};
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open };
}

describe('a loop that is stopped', () => {
  it('during a round ends with it, however long it would wait for the next', async () => {
    const round = gate();
    let rounds = 0;
    const loop = startLoop({ everyMs: hour, name: 'test', log }, () => {
      rounds += 1;
      return round.opens;
    });
    const stopped = loop.stop();
    round.open();
    await stopped;
    expect(rounds).toBe(1);
  });

  it('between two rounds ends at once, and so does one whose round failed', async () => {
    for (const fails of [false, true]) {
      const began = gate();
      const loop = startLoop({ everyMs: hour, name: 'test', log }, async () => {
        began.open();
        if (fails) throw new Error('the database is away');
      });
      await began.opens;
      await loop.stop();
    }
  });

  it('goes on after a failed round until then', async () => {
    const third = gate();
    let rounds = 0;
    const loop = startLoop({ everyMs: 1, name: 'test', log }, async () => {
      rounds += 1;
      if (rounds === 3) third.open();
      throw new Error('the database is away');
    });
    await third.opens;
    await loop.stop();
    expect(rounds).toBeGreaterThanOrEqual(3);
  });
});
