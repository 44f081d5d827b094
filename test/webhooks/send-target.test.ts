import { Socket } from 'node:net';
import tls, { type ConnectionOptions } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveTarget } from '../../src/webhooks/destination.js';
import type { Lookup } from '../../src/webhooks/lookup.js';
import { createSender, type Sender, type SenderSettings } from '../../src/webhooks/send.js';
import { badUrls } from './bad-targets.js';
import { startReceiver } from './receiver.js';

const rules = { allowTargets: [], ownHosts: [] };
const notReached = {
  ok: false,
  status: null,
  excerpt: null,
  error: 'the endpoint could not be reached',
  retryAfterMs: null,
  durationMs: expect.any(Number),
};

let senders: Sender[] = [];
let dialled: unknown[] = [];

function sender(settings: Partial<SenderSettings>): Sender {
  const created = createSender({ ...rules, ...settings });
  senders.push(created);
  return created;
}

const to = (url: string) => ({ endpointId: 'whk_1', url, body: '{}', headers: {} });

/** Answers the n-th question with the n-th list, and the last list from then on. */
function answers(...lists: string[][]): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup = (hostname: string) => {
    asked.push(hostname);
    return Promise.resolve(lists[Math.min(asked.length, lists.length) - 1] ?? []);
  };
  return Object.assign(lookup, { asked });
}

// No test dials a public address: the connection is refused where it would start, and what it asked for is kept.
beforeEach(() => {
  dialled = [];
  senders = [];
  vi.spyOn(tls, 'connect').mockImplementation(((options: ConnectionOptions) => {
    options.lookup?.(options.host ?? '', { all: true }, (_, addresses) => dialled.push(addresses));
    const socket = new Socket();
    queueMicrotask(() => socket.destroy(new Error('not dialled in tests')));
    return socket;
  }) as unknown as typeof tls.connect);
});

afterEach(async () => {
  for (const created of senders) await created.close();
  vi.restoreAllMocks();
});

describe('a name that flips', () => {
  it('after registration is refused at the attempt', async () => {
    const lookup = answers(['8.8.8.8'], ['127.0.0.1']);
    expect((await resolveTarget(new URL('https://merchant.com/'), rules, lookup)).kind).toBe('ok');
    expect(await sender({ lookup }).send(to('https://merchant.com/'))).toEqual(notReached);
    expect(dialled).toEqual([]);
  });

  it('between the check and the connection changes nothing: the checked addresses are dialled', async () => {
    const lookup = answers(['8.8.8.8', '2606:4700:4700::1111'], ['127.0.0.1']);
    await sender({ lookup }).send(to('https://merchant.com/'));
    expect(lookup.asked).toEqual(['merchant.com']);
    expect(dialled).toEqual([
      [
        { address: '8.8.8.8', family: 4 },
        { address: '2606:4700:4700::1111', family: 6 },
      ],
    ]);
  });

  it('between two attempts is refused at the second: every attempt asks again', async () => {
    const lookup = answers(['8.8.8.8'], ['169.254.169.254'], ['1.1.1.1']);
    const sending = sender({ lookup });
    for (let count = 0; count < 3; count += 1) await sending.send(to('https://merchant.com/'));
    expect(lookup.asked).toHaveLength(3);
    expect(dialled).toEqual([[{ address: '8.8.8.8', family: 4 }], [{ address: '1.1.1.1', family: 4 }]]);
  });

  it('while a connection is kept alive is refused all the same', async () => {
    const merchant = await startReceiver((response) => response.writeHead(200).end('ok'));
    const settings = { allowTargets: [merchant.target], ownHosts: [] as string[] };
    const sending = sender(settings);
    expect((await sending.send(to(merchant.url))).ok).toBe(true);
    settings.allowTargets.length = 0; // the guard's mind changes; the connection is still open
    expect(await sending.send(to(merchant.url))).toEqual(notReached);
    expect(merchant.received).toHaveLength(1);
    await merchant.close();
  });
});

describe('a target that is not public', () => {
  it.each(badUrls)('%j is never dialled', async (url) => {
    const lookup = answers(['8.8.8.8']);
    expect(await sender({ lookup, ownHosts: ['api.quittance.dev'] }).send(to(url))).toEqual(notReached);
    expect(lookup.asked).toEqual([]);
    expect(dialled).toEqual([]);
  });

  it('looks to the merchant like one that does not answer or exist', async () => {
    const closed = await startReceiver((response) => response.end());
    await closed.close();
    const mixed = answers(['8.8.8.8', '10.0.0.1']);
    const unknown: Lookup = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await sender({ lookup: mixed }).send(to('https://merchant.com/'))).toEqual(notReached);
    expect(await sender({ lookup: unknown }).send(to('https://merchant.com/'))).toEqual(notReached);
    expect(await sender({ allowTargets: [closed.target] }).send(to(closed.url))).toEqual(notReached);
  });

  it('whose name server hangs is given up like a host that does not answer', async () => {
    const lookup: Lookup = () => new Promise(() => undefined);
    const result = await sender({ lookup, connectTimeoutMs: 100 }).send(to('https://merchant.com/'));
    expect(result).toMatchObject({ ok: false, status: null, error: 'timeout' });
    expect(result.durationMs).toBeLessThan(2_000);
  });
});
