import { minute } from '../../domain/timing.js';

const failuresToOpen = 5;
const shortestOpenMs = 30_000;
const longestOpenMs = 5 * minute;
const firstPauseMs = 1_000;
const probeRetryMs = 1_000;

export type Passage =
  { readonly kind: 'pass'; readonly isProbe: boolean } | { readonly kind: 'shut'; readonly retryAfterMs: number };

export type Pass = Extract<Passage, { kind: 'pass' }>;

/** How the provider did: `ill` is a failure worth a retry, `barred` an account it does not accept. */
export type Health =
  | { readonly kind: 'well' }
  | { readonly kind: 'ill' }
  | { readonly kind: 'barred' }
  | { readonly kind: 'limited'; readonly retryAfterMs: number | null }
  | { readonly kind: 'unasked' };

/**
 * Shuts after five failures in a row or one account error, for 30 s, doubling to 5 min, and lets one probe through when
 * that time is over. A 429 shuts it too, but only for the pause the provider asks for.
 */
export function createBreaker({ clock, random }: { clock: () => number; random: () => number }) {
  let failures = 0;
  let openings = 0; // in a row; 0: closed
  let pauses = 0; // 429s in a row
  let shutUntil = 0;
  let probing = false;

  const waitMs = (): number => Math.max(0, Math.ceil(shutUntil - clock()));

  function shutFor(ms: number): void {
    shutUntil = Math.max(shutUntil, clock() + ms);
  }

  function open(): void {
    shutFor(Math.min(longestOpenMs, shortestOpenMs * 2 ** openings));
    openings += 1;
    failures = 0;
  }

  function fail(isProbe: boolean): void {
    failures += 1;
    if (isProbe || (openings === 0 && failures >= failuresToOpen)) open();
  }

  return {
    waitMs,

    enter(): Passage {
      if (waitMs() > 0) return { kind: 'shut', retryAfterMs: waitMs() };
      if (openings === 0) return { kind: 'pass', isProbe: false };
      if (probing) return { kind: 'shut', retryAfterMs: probeRetryMs };
      probing = true;
      return { kind: 'pass', isProbe: true };
    },

    /** Answers that were asked for before it opened neither close nor prolong it. */
    report({ isProbe }: Pass, health: Health): void {
      if (isProbe) probing = false;
      else if (openings > 0) return;
      switch (health.kind) {
        case 'well':
          failures = openings = pauses = 0;
          return;
        case 'ill':
          return fail(isProbe);
        case 'barred':
          return open();
        case 'limited': {
          // Needs no cap of its own: five in a row open the breaker, and its time is longer from then on.
          const pauseMs = firstPauseMs * 2 ** pauses * (0.5 + random() / 2);
          pauses += 1;
          shutFor(health.retryAfterMs ?? pauseMs);
          return fail(isProbe);
        }
        case 'unasked':
      }
    },
  };
}
