import { seededFraction } from '../seeded.js';
import type { Appender } from './journal.js';
import type { AnswerFate } from './ledger.js';

export const faultNames = [
  'latency',
  'timeout',
  'reset',
  'hang',
  'http_429',
  'http_500',
  'html_502',
  'html_403',
  'truncated_json',
  'oversized',
  'redirect',
  'not_found',
  'wrong_order_id',
  'wrong_coin',
  'wrong_amount',
  'finished_at_once',
  'no_memo',
  'ipn_first',
] as const;

export type FaultName = (typeof faultNames)[number];

export interface FaultWish {
  endpoint: string;
  fault: FaultName;
  effect: 'before' | 'after';
  p: number;
  times: number | null;
  match: { order_id?: string | undefined };
  ms: number;
  jitter: number;
  retry_after: number | string | null;
  bytes: number;
}

/** `seen` counts the requests the rule looked at, `hits` those it spoilt. */
export interface FaultRule extends FaultWish {
  fault_id: string;
  n: number;
  seen: number;
  hits: number;
}

export interface Strike {
  /** Waits before and after the work; they add up. */
  delayBeforeMs: number;
  delayAfterMs: number;
  /** The one rule that misbehaves; null when there are only waits, or nothing. */
  rule: FaultRule | null;
  /** The rule to name in the ledger. */
  faultId: string | null;
  effect: 'before' | 'after' | null;
}

const altering: ReadonlySet<FaultName> = new Set([
  'wrong_order_id',
  'wrong_coin',
  'wrong_amount',
  'finished_at_once',
  'no_memo',
]);

/** An altered answer needs the true one first, so these do the work whatever their `effect` says. */
export function needsTheWork(rule: FaultRule): boolean {
  return rule.effect === 'after' || altering.has(rule.fault) || rule.fault === 'ipn_first';
}

export function altersAnswer(rule: FaultRule): boolean {
  return altering.has(rule.fault);
}

export function fateOfAnswer(strike: Strike): AnswerFate {
  if (strike.rule === null || strike.rule.fault === 'ipn_first') return 'sent';
  return altersAnswer(strike.rule) ? 'altered' : 'lost';
}

export type FaultLine = { record: 'fault'; rule: FaultRule } | { record: 'fault_removed'; id: string };

export type FaultBook = ReturnType<typeof createFaultBook>;

export function createFaultBook({ journal, seed }: { journal: Appender<FaultLine>; seed: () => number }) {
  const rules = new Map<string, FaultRule>();
  let count = 0;

  /** Each rule draws for each request it matches, so its luck never depends on the other rules. */
  function draws(rule: FaultRule): boolean {
    rule.seen += 1;
    const isExhausted = rule.times !== null && rule.hits >= rule.times;
    return !isExhausted && seededFraction({ seed: seed(), stream: `fault-${rule.n}`, n: rule.seen }) < rule.p;
  }

  function delayOf(rule: FaultRule): number {
    const luck = seededFraction({ seed: seed(), stream: `jitter-${rule.n}`, n: rule.seen });
    return rule.ms + Math.round(rule.jitter * luck);
  }

  return {
    add(wish: FaultWish): FaultRule {
      count += 1;
      const rule = { ...wish, fault_id: `fault_${count}`, n: count, seen: 0, hits: 0 };
      rules.set(rule.fault_id, rule);
      journal.append({ record: 'fault', rule });
      return rule;
    },
    restore(rule: FaultRule): void {
      rules.set(rule.fault_id, rule);
      count = Math.max(count, rule.n);
    },
    forget(id: string): void {
      rules.delete(id);
    },
    remove(id: string): boolean {
      journal.append({ record: 'fault_removed', id });
      return rules.delete(id);
    },
    removeAll(): void {
      for (const id of rules.keys()) this.remove(id);
    },
    list: (): FaultRule[] => [...rules.values()],
    /** Which rules spoil this request. Every latency counts; of the others the first that draws. */
    strike(endpoint: string, orderId: string | null): Strike {
      const strike: Strike = { delayBeforeMs: 0, delayAfterMs: 0, rule: null, faultId: null, effect: null };
      for (const rule of rules.values()) {
        const isMeant = rule.match.order_id === undefined || rule.match.order_id === orderId;
        if (!isMeant || (rule.endpoint !== endpoint && rule.endpoint !== '*')) continue;
        const struck = draws(rule);
        if (struck && (rule.fault === 'latency' || strike.rule === null)) {
          rule.hits += 1;
          applyTo(strike, rule, delayOf(rule));
        }
        journal.append({ record: 'fault', rule });
      }
      return strike;
    },
    clear(): void {
      rules.clear();
      count = 0;
    },
  };
}

function applyTo(strike: Strike, rule: FaultRule, delayMs: number): void {
  if (rule.fault !== 'latency') strike.rule = rule;
  else if (rule.effect === 'before') strike.delayBeforeMs += delayMs;
  else strike.delayAfterMs += delayMs;
  if (rule.fault === 'latency' && strike.faultId !== null) return;
  strike.faultId = rule.fault_id;
  strike.effect = rule.effect;
}
