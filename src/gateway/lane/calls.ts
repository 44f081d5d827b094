import { Agent } from 'undici';
import { createBreaker, type Health, type Pass, type Subject } from './breaker.js';
import { judge } from './failures.js';
import { healthOf, provedBy, resting, unsent, withWait, type Heard, type Outcome, type Proof } from './outcome.js';
import { laneName, type ProviderAccount } from '../provider-account.js';
import { createQuota } from './quota.js';
import { exchange } from './request.js';
import { createLocalTokens, type Lane, type TokenSource } from './tokens.js';
import type { Priority } from './waiting-room.js';
import { createWatch, type LaneObserver, type Told } from './watch.js';
import { writeObject, type JsonObject } from '../wire.js';

const connectTimeoutMs = 3_000;
/** A call that has no answer by then is given up: what came of it is not known. */
export const longestCallMs = 10_000;
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
  readonly observer?: LaneObserver;
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
  const limits = { timeoutMs: options.timeoutMs ?? longestCallMs, clock };

  return {
    clock,

    async call(account: ProviderAccount, call: Call): Promise<Outcome> {
      const { quota, breaker, watch } = lanes.of(account);
      const { about = null } = call;
      watch.look();
      const shut = breaker.waitMs(about);
      if (shut > 0) return resting(shut);
      const turn = await quota.take({ priority: call.priority, merchant: account.merchant ?? '' });
      // Without a time: whoever comes again comes by his own back-off, which grows. A queue's length is no promise.
      if (turn.kind === 'later') return unsent(turn.why, null);
      const pass = breaker.enter(about); // again: it may have opened while we queued
      if (pass.kind === 'shut') return resting(pass.retryAfterMs);

      const askedAt = clock();
      const { heard, status } = await ask(agent, account, call, limits).catch((failure: unknown) => {
        breaker.report(pass, { kind: 'unasked' }, about); // a probe that never reports would keep the breaker shut
        throw failure;
      });
      // What never left us is nobody's fault in particular.
      const subject = heard.kind === 'unsent' ? null : about;
      const outcome = withWait(heard, report(account, pass, healthOf(heard), subject), account);
      tell(account, subject, {
        host: new URL(account.apiUrl).host,
        keyLabel: account.keyLabel,
        call: `${call.method} ${call.path.split('/', 1)[0]}`,
        cause: healthOf(heard).kind,
        status,
        message: 'message' in outcome ? outcome.message : null,
        seconds: (clock() - askedAt) / 1000,
      });
      return outcome;
    },

    async close(): Promise<void> {
      lanes.close();
      await agent.destroy();
    },
  };

  function report(account: ProviderAccount, pass: Pass, health: Health, about: Subject): number {
    const { breaker } = lanes.of(account);
    breaker.report(pass, health, about);
    const allRestMs = breaker.waitMs();
    if (allRestMs > 0) options.tokens?.rest?.(laneName(account), allRestMs);
    return breaker.waitMs(about);
  }

  function tell(account: ProviderAccount, about: Subject, told: Told): void {
    const { breaker, watch } = lanes.of(account);
    const waitMs = breaker.waitMs(about);
    if (waitMs > 0) options.log?.warn({ ...told, waitMs }, 'provider calls rest');
    const outageMs = watch.heard(told, breaker.isOpen());
    if (outageMs !== null) options.log?.warn({ ...told, outageMs }, 'the provider answers again');
  }
}

interface AskLimits {
  readonly timeoutMs: number;
  readonly clock: () => number;
}

/** Makes the call and judges the answer; `status` null: there was none. */
async function ask(
  agent: Agent,
  account: ProviderAccount,
  call: Call,
  limits: AskLimits,
): Promise<{ heard: Heard; status: number | null }> {
  const base = new URL(`${account.apiUrl.replace(/\/+$/, '')}/${call.path}`);
  base.search = new URLSearchParams(call.query).toString();
  const reply = await exchange(agent, {
    origin: base.origin,
    path: base.pathname + base.search,
    method: call.method,
    headers: headersOf(account, call),
    body: call.body ? writeObject(call.body) : null,
    timeoutMs: limits.timeoutMs,
    maxBytes: call.maxBytes ?? maxBytes,
  });
  if (reply.kind === 'unsent') return { heard: { ...reply, retryAfterMs: null }, status: null };
  if (reply.kind === 'broken') return { heard: reply, status: null };
  return { heard: provedBy(judge(reply, limits.clock()), call.proof ?? 'key'), status: reply.status };
}

/** Each pair of credentials has its own quota and breaker: one merchant's trouble is not another's. */
function createLanes(options: CallOptions, clock: () => number) {
  const { maxRps = 5, burst = 10, random = Math.random, tokens } = options;
  const source = tokens ?? createLocalTokens(clock);
  const create = (lane: Lane) => ({
    quota: createQuota({ ...lane, clock, lease: (asked) => source.lease(lane, asked) }),
    breaker: createBreaker({ clock, random }),
    watch: createWatch(clock, options.observer),
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
