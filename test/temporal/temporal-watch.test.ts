import { describe, expect, it } from 'vitest';
import { createTemporalWatch, TemporalAway } from '../../src/temporal/temporal-watch.js';
import { eventually } from '../support/eventually.js';

function aTemporal() {
  const temporal = { isThere: true, pings: 0 };
  const ping = async () => {
    temporal.pings += 1;
    return temporal.isThere;
  };
  return { temporal, watch: createTemporalWatch(ping, { lookEveryMs: 10 }) };
}
const never = () => new Promise<never>(() => {});

describe('a call to Temporal', () => {
  it('that ends soon is answered, and nobody looks', async () => {
    const { temporal, watch } = aTemporal();
    expect(await watch.during(async () => 'answer')).toBe('answer');
    expect(temporal.pings).toBe(0);
  });

  it('that takes its time goes on for as long as Temporal answers', async () => {
    const { temporal, watch } = aTemporal();
    const slow = eventually(() => expect(temporal.pings).toBeGreaterThan(5)).then(() => 'late answer');
    expect(await watch.during(() => slow)).toBe('late answer');
  });

  it('is given up once Temporal does not answer, and the next one is not even begun', async () => {
    const { temporal, watch } = aTemporal();
    temporal.isThere = false;
    await expect(watch.during(never)).rejects.toThrow(TemporalAway);
    let begun = false;
    await expect(
      watch.during(async () => {
        begun = true;
      }),
    ).rejects.toThrow(TemporalAway);
    expect(begun).toBe(false);
  });

  it('finds out that Temporal is back', async () => {
    const { temporal, watch } = aTemporal();
    temporal.isThere = false;
    await expect(watch.during(never)).rejects.toThrow(TemporalAway);
    temporal.isThere = true;
    await eventually(async () => expect(await watch.during(async () => 'answer')).toBe('answer'));
  });

  it('fails with its own failure', async () => {
    const { watch } = aTemporal();
    await expect(watch.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });
});
