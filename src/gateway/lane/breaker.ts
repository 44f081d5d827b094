import { minute } from '../../domain/timing.js';

const failuresToOpen = 5;
const shortestOpenMs = 30_000;
const longestOpenMs = 5 * minute;
const firstPauseMs = 1_000;
const probeRetryMs = 1_000;
const mostSuspects = 1_000;

export type Passage =
  { readonly kind: 'pass'; readonly isProbe: boolean } | { readonly kind: 'shut'; readonly retryAfterMs: number };

export type Pass = Extract<Passage, { kind: 'pass' }>;

/** The payment or order that a call is about; null: the provider or the account at large. */
export type Subject = string | null;

/** How the provider did: `ill` is a failure worth a retry, `barred` an account it does not accept. */
export type Health =
  | { readonly kind: 'well' }
  | { readonly kind: 'ill' }
  | { readonly kind: 'barred' }
  | { readonly kind: 'limited'; readonly retryAfterMs: number | null }
  | { readonly kind: 'unasked' };

/**
 * Keeps calls from a provider that is away, and is not fooled by one payment that it can never answer.
 *
 * - closed: calls pass. Failures since the last good answer are counted, those about one payment once. Five open it, or
 *   one account error. A 429 shuts it for the pause the provider asks for.
 * - open: nothing passes, for 30 s, doubling to 5 min.
 * - half open: that time is over. One probe passes at a time. A good answer closes it, to whatever it was. A failed one
 *   opens it anew for all, unless it was about a payment that had failed before: such a one tells nothing about the
 *   others. It makes the suspects wait, all of them together and longer each time, while anybody else may still probe.
 */
export function createBreaker({ clock, random }: { clock: () => number; random: () => number }) {
  const suspects = createSuspects();
  let failures = 0; // about nobody in particular
  let openings = 0; // in a row; 0: closed
  let pauses = 0; // 429s in a row
  let shutUntil = 0;
  let probing = false;

  function waitMs(about: Subject = null): number {
    const until = openings > 0 && suspects.has(about) ? Math.max(shutUntil, suspects.shutUntil()) : shutUntil;
    return Math.max(0, Math.ceil(until - clock()));
  }

  function shutFor(ms: number): void {
    shutUntil = Math.max(shutUntil, clock() + ms);
  }

  function open(): void {
    shutFor(openFor(openings));
    openings += 1;
    failures = 0;
  }

  function fail(isProbe: boolean, about: Subject): void {
    if (isProbe && suspects.has(about)) return suspects.shut(clock(), openings);
    if (about === null) failures += 1;
    else suspects.add(about);
    if (isProbe || (openings === 0 && failures + suspects.count() >= failuresToOpen)) open();
  }

  function close(): void {
    suspects.clear();
    failures = openings = pauses = 0;
  }

  return {
    waitMs,

    isOpen: (): boolean => openings > 0,

    enter(about: Subject): Passage {
      const restMs = waitMs(about);
      if (restMs > 0) return { kind: 'shut', retryAfterMs: restMs };
      if (openings === 0) return { kind: 'pass', isProbe: false };
      if (probing) return { kind: 'shut', retryAfterMs: probeRetryMs };
      probing = true;
      return { kind: 'pass', isProbe: true };
    },

    /** Answers that were asked for before it opened neither close nor prolong it. */
    report({ isProbe }: Pass, health: Health, about: Subject): void {
      if (isProbe) probing = false;
      else if (openings > 0) return;
      switch (health.kind) {
        case 'well':
          return close();
        case 'ill':
          return fail(isProbe, about);
        case 'barred':
          return open();
        case 'limited':
          // Needs no cap of its own: five in a row open the breaker, and its time is longer from then on.
          shutFor(health.retryAfterMs ?? firstPauseMs * 2 ** pauses * (0.5 + random() / 2));
          pauses += 1;
          return fail(isProbe, null);
        case 'unasked':
      }
    },
  };
}

function openFor(times: number): number {
  return Math.min(longestOpenMs, shortestOpenMs * 2 ** times);
}

/** What failed since the last good answer. */
function createSuspects() {
  const names = new Set<string>();
  let shuttings = 0; // in a row, by probes about suspects
  let until = 0;
  return {
    has: (about: Subject): boolean => about !== null && names.has(about),
    count: (): number => names.size,
    shutUntil: (): number => until,

    add(name: string): void {
      if (names.size < mostSuspects) names.add(name);
    },

    /** Makes all of them wait, after `openings` of the breaker itself. */
    shut(now: number, openings: number): void {
      until = now + openFor(openings + shuttings);
      shuttings += 1;
    },

    clear(): void {
      names.clear();
      shuttings = 0;
    },
  };
}
