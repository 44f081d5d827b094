import { Agent } from 'undici';
import { createBreaker, type Health, type Pass, type Subject } from './breaker.js';
import { judge } from './failures.js';
import { healthOf, provedBy, resting, unsent, withWait, type Heard, type Outcome, type Proof } from './outcome.js';
import { laneName, type ProviderAccount } from '../provider-account.js';
import { createQuota } from './quota.js';
import { exchange } from './request.js';
import { createLocalTokens, type Lane, type TokenSource } from './tokens.js';
import type { Priority } from './waiting-room.js';
import { writeObject, type JsonObject } from '../wire.js';

const connectTimeoutMs = 3_000;
const timeoutMs = 10_000;
const maxBytes = 256 * 1024;

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string; // below the API's base: `payment/5745459419`
  readonly priority: Priority;
  readonly about?: string; // the payment or order: what goes wrong with one says little about the others
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly proof?: Proof;
  readonly maxBytes?: number;
}

export interface CallOptions {
  readonly tokens?: TokenSource; // who counts for all processes; default: this one counts for itself alone
  readonly maxRps?: number; // of an account that names none of its own
  readonly burst?: number;
  readonly clock?: () => number; // epoch milliseconds
  readonly random?: () => number;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly log?: { warn(fields: object, message: string): void };
}

export type Calls = ReturnType<typeof createCalls>;

/** Calls within the account's quota, past its breaker, under the caps, and judged. */
export function createCalls(options: CallOptions) {
  // Monotonic and yet a date: a stepping system clock neither stalls the bucket nor holds the breaker open.
  const clock = options.clock ?? (() => performance.timeOrigin + performance.now());
  const agent = new Agent({
    connect: { timeout: options.connectTimeoutMs ?? connectTimeoutMs },
    headersTimeout: 0, // one timer of ours covers headers and body together
    bodyTimeout: 0,
  });
  const lanes = createLanes(options, clock);

  async function ask(account: ProviderAccount, call: Call): Promise<Heard> {
    const base = new URL(`${account.apiUrl.replace(/\/+$/, '')}/${call.path}`);
    base.search = new URLSearchParams(call.query).toString();
    const reply = await exchange(agent, {
      origin: base.origin,
      path: base.pathname + base.search,
      method: call.method,
      headers: headersOf(account, call),
      body: call.body ? writeObject(call.body) : null,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      maxBytes: call.maxBytes ?? maxBytes,
    });
    if (reply.kind === 'unsent') return { ...reply, retryAfterMs: null };
    return reply.kind === 'broken' ? reply : provedBy(judge(reply, clock()), call.proof ?? 'key');
  }

  return {
    clock,

    async call(account: ProviderAccount, call: Call): Promise<Outcome> {
      const { quota, breaker } = lanes.of(account);
      const { about = null } = call;
      const shut = breaker.waitMs(about);
      if (shut > 0) return resting(shut);
      const turn = await quota.take({ priority: call.priority, merchant: account.merchant ?? '' });
      // Without a time: whoever comes again comes by his own back-off, which grows. A queue's length is no promise.
      if (turn.kind === 'later') return unsent(turn.why, null);
      const pass = breaker.enter(about); // again: it may have opened while we queued
      if (pass.kind === 'shut') return resting(pass.retryAfterMs);

      const heard = await ask(account, call).catch((failure: unknown) => {
        breaker.report(pass, { kind: 'unasked' }, about); // a probe that never reports would keep the breaker shut
        throw failure;
      });
      // What never left us is nobody's fault in particular.
      const subject = heard.kind === 'unsent' ? null : about;
      return withWait(heard, report(account, pass, healthOf(heard), subject), account);
    },

    async close(): Promise<void> {
      lanes.close();
      await agent.destroy();
    },
  };

  function report(account: ProviderAccount, pass: Pass, health: Health, about: Subject): number {
    const { breaker } = lanes.of(account);
    breaker.report(pass, health, about);
    const waitMs = breaker.waitMs(about);
    const rest = { keyLabel: account.keyLabel, waitMs, cause: health.kind };
    if (waitMs > 0) options.log?.warn(rest, 'provider calls rest');
    const allRestMs = breaker.waitMs();
    if (allRestMs > 0) options.tokens?.rest?.(laneName(account), allRestMs);
    return waitMs;
  }
}

/** Each pair of credentials has its own quota and breaker: one merchant's trouble is not another's. */
function createLanes({ maxRps = 5, burst = 10, random = Math.random, tokens }: CallOptions, clock: () => number) {
  const source = tokens ?? createLocalTokens(clock);
  const create = (lane: Lane) => ({
    quota: createQuota({ ...lane, clock, lease: (asked) => source.lease(lane, asked) }),
    breaker: createBreaker({ clock, random }),
  });
  const lanes = new Map<string, ReturnType<typeof create>>();
  return {
    of(account: ProviderAccount) {
      const name = laneName(account);
      const lane = lanes.get(name) ?? create({ name, perSecond: account.maxRps ?? maxRps, burst });
      lanes.set(name, lane);
      return lane;
    },

    close(): void {
      for (const { quota } of lanes.values()) quota.close();
    },
  };
}

function headersOf(account: ProviderAccount, { proof = 'key', body }: Call): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'quittance',
    ...(body && { 'content-type': 'application/json' }),
    ...(proof !== 'nothing' && { 'x-api-key': account.apiKey }),
    ...(typeof proof === 'object' && { authorization: `Bearer ${proof.bearer}` }),
  };
}
