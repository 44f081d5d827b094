import { describe, expect, it } from 'vitest';
import { createWatch, type LaneObserver, type Told } from '../../src/gateway/lane/watch.js';
import { createMetrics } from '../../src/metrics.js';
import { alarmNames } from '../../src/domain/alarms.js';
import { observedBy } from '../../src/worker/observing.js';
import type { PaymentId } from '../../src/domain/ids.js';
import { aGateway, anAccount, aProvider, html, json } from './provider-double.js';

function observed() {
  const downs: (Told & { forMs: number })[] = [];
  const up: boolean[] = [];
  const observer: LaneObserver = {
    answered: (_told, isUp) => up.push(isUp),
    down: (told, forMs) => downs.push({ ...told, forMs }),
  };
  return { downs, up, observer };
}

const ill = { host: 'api.example', keyLabel: 'k', call: 'GET payment', cause: 'ill', status: 502, seconds: 1 } as const;
const told: Told = { ...ill, message: '502 with HTML' };
const well: Told = { ...ill, cause: 'well', status: 200, message: null };

describe('an outage of the provider', () => {
  it('is told once, after a minute, with its cause, also by a call that is not made', () => {
    let now = 0;
    const { downs, observer } = observed();
    const watch = createWatch(() => now, observer);
    watch.heard(told, true);
    now = 59_000;
    watch.look();
    expect(downs).toEqual([]);
    now = 60_000;
    watch.look();
    watch.heard(told, true);
    now = 600_000;
    watch.heard(told, true);
    expect(downs).toEqual([{ ...told, forMs: 60_000 }]);
    expect(watch.heard(well, false)).toBe(600_000);
    now = 700_000;
    watch.heard(told, true);
    now = 760_000;
    watch.look();
    expect(downs).toHaveLength(2); // the next one is another
  });

  it('is one also when five failures in a row are about a single payment, and not before', () => {
    let now = 0;
    const { downs, up, observer } = observed();
    const watch = createWatch(() => now, observer);
    for (; now < 200_000; now += 50_000) watch.heard(told, false);
    expect(downs).toEqual([]);
    watch.heard(told, false);
    expect(downs).toHaveLength(1);
    expect(up).toEqual([true, true, true, true, false]);
  });

  it('is none when the provider only asks for a pause', () => {
    let now = 0;
    const { downs, up, observer } = observed();
    const watch = createWatch(() => now, observer);
    for (; now < 500_000; now += 50_000) watch.heard({ ...told, cause: 'limited', status: 429 }, false);
    expect(downs).toEqual([]);
    expect(up).not.toContain(false);
  });

  it('is a line of the log with host, call, status and words, and a gauge by lane that goes down and up again', async () => {
    let now = Date.now();
    const ids = [0, 1, 2, 3, 4].map((n) => `574545941${n}` as PaymentId);
    let reply = html;
    const replies = ids.map((id) => [`GET payment/${id}`, (...heard: Parameters<typeof html>) => reply(...heard)]);
    const provider = await aProvider(Object.fromEntries(replies));
    const lines: { fields: object; message: string }[] = [];
    const metrics = createMetrics();
    const raised: string[] = [];
    const gateway = aGateway({
      clock: () => now,
      random: () => 1,
      log: { warn: (fields, message) => lines.push({ fields, message }) },
      observer: observedBy(metrics, { raise: (name) => raised.push(name) }),
    });
    const account = anAccount(provider.url);
    const { host } = new URL(provider.url);
    const isUp = async () => (await metrics.providerUp.get()).values.map(({ value, labels }) => [labels.host, value]);
    for (const id of ids) await gateway.read(account, id, 'poll');
    expect(lines.at(-1)).toMatchObject({
      message: 'provider calls rest',
      fields: { host, call: 'GET payment', cause: 'ill', status: 502, message: '502 with HTML' },
    });
    expect(await isUp()).toEqual([[host, 0]]);
    now += 61_000;
    await gateway.read(account, ids[0]!, 'poll');
    expect(raised).toEqual(['provider_down']);
    reply = json(404, { message: 'not here' });
    now += 20 * 60_000;
    await gateway.read(account, ids[1]!, 'poll');
    expect(lines.at(-1)).toMatchObject({ message: 'the provider answers again', fields: { host } });
    expect(await isUp()).toEqual([[host, 1]]);
    expect(await metrics.registry.metrics()).toContain(
      `driftstack_provider_call_duration_seconds_count{host="${host}",key="${account.keyLabel}",call="GET payment",cause="ill"} 6`,
    );
  });
});

it('every alarm is a series before it is raised', async () => {
  const text = await createMetrics().registry.metrics();
  for (const alarm of alarmNames) expect(text).toContain(`driftstack_alarms_total{alarm="${alarm}"} 0`);
});
