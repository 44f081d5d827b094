import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../answer.js';

export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly order_id: string | null;
  readonly created_at: string;
  readonly body: string;
}

interface EventPage {
  readonly events: readonly ToldEvent[];
  readonly next_cursor: string | null;
}

export interface Followed {
  readonly apiUrl: string;
  readonly key: string;
  readonly since: string | null; // null: what happens from now on
  readonly signal: AbortSignal; // ends it
  /** Told when what happens from then on is handed on; when the API stops answering; and when it answers again. */
  readonly onReady: () => void;
  readonly onAway: (why: string) => void;
  readonly onBack: () => void;
}

const everyMs = 1_000;
const longestPauseMs = 10_000;
const longestCallMs = 15_000;
const lookBackMs = 60_000; // an event is seen a moment after its instant, so what is new may be older than what is known

/** What an account is told, each event once, oldest first; goes on where it was when the API was away. Ends with the signal. */
export async function* follow(followed: Followed): AsyncGenerator<ToldEvent, void, undefined> {
  const { since, signal } = followed;
  const ask = patiently(followed);
  const seen = new Map<string, number>(); // ids of what was handed on lately, by its instant
  let newestMs = since === null ? null : Date.parse(since) + lookBackMs;
  let isReady = false;
  while (!signal.aborted) {
    const isFirst = newestMs === null;
    const from: number = (newestMs ?? (await ask(pathOf(Date.now(), null))).nowMs) - lookBackMs;
    let cursor: string | null = null;
    do {
      const { page }: Asked = await ask(pathOf(from, cursor));
      for (const event of page.events) {
        const atMs = Date.parse(event.created_at);
        newestMs = Math.max(newestMs ?? from, atMs);
        if (seen.has(event.id)) continue;
        seen.set(event.id, atMs);
        if (!isFirst) yield event;
      }
      cursor = page.next_cursor;
    } while (cursor !== null && !signal.aborted);
    newestMs ??= from + lookBackMs;
    if (!isReady) followed.onReady();
    isReady = true;
    for (const [id, atMs] of seen) if (atMs < newestMs - 2 * lookBackMs) seen.delete(id);
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

function pathOf(fromMs: number, cursor: string | null): string {
  const query = new URLSearchParams({ created_after: new Date(fromMs).toISOString(), limit: '100' });
  if (cursor !== null) query.set('cursor', cursor);
  return `/v1/webhook-events?${query.toString()}`;
}

interface Asked {
  readonly page: EventPage;
  readonly nowMs: number; // by the API's clock
}

const nothing: EventPage = { events: [], next_cursor: null };

/** Asks until there is an answer: an API that restarts is waited for, one that says no ends it. */
function patiently({ apiUrl, key, signal, onAway, onBack }: Followed): (path: string) => Promise<Asked> {
  let isAway = false;
  return async (path) => {
    for (let waitMs = everyMs; !signal.aborted; waitMs = Math.min(longestPauseMs, 2 * waitMs)) {
      const answer = await ask(path);
      if (typeof answer !== 'string') {
        if (isAway) onBack();
        isAway = false;
        return answer;
      }
      if (!isAway && !signal.aborted) onAway(answer);
      isAway = true;
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
    return { page: nothing, nowMs: Date.now() };
  };

  /** A text says why there is no answer now. */
  async function ask(path: string): Promise<Asked | string> {
    const headers = { authorization: `Bearer ${key}` };
    const within = AbortSignal.any([signal, AbortSignal.timeout(longestCallMs)]);
    try {
      const answer = await fetch(new URL(path, apiUrl), { headers, signal: within });
      const text = await answer.text();
      if (answer.status >= 500 || answer.status === 429) return `it answers ${answer.status}`;
      if (!answer.ok) throw new Refusal(`the API says ${answer.status}: ${detailIn(text)}`);
      const now = Date.parse(answer.headers.get('date') ?? '');
      return { page: JSON.parse(text) as EventPage, nowMs: Number.isNaN(now) ? Date.now() : now };
    } catch (failure) {
      if (failure instanceof Refusal) throw failure;
      const { message, cause } = failure as Error;
      return cause instanceof Error ? cause.message : message;
    }
  }
}

function detailIn(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    return 'no answer of ours'; // a proxy's page
  }
}
