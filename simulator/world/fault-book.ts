import { seededFraction } from '../seeded.js';
import { altersAnswer, readRule, writeRule, type FaultRule, type FaultWish, type WrittenRule } from './fault-rules.js';
import type { Appender } from './journal.js';
import type { AnswerFate } from './ledger.js';

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

export function fateOfAnswer(strike: Strike): AnswerFate {
  if (strike.rule === null || strike.rule.fault === 'ipn_first') return 'sent';
  return altersAnswer(strike.rule) ? 'altered' : 'lost';
}

export type FaultLine = { record: 'fault'; rule: WrittenRule } | { record: 'fault_removed'; id: string };

export type FaultBook = ReturnType<typeof createFaultBook>;

export function createFaultBook({ journal, seed }: { journal: Appender<FaultLine>; seed: () => number }) {
  const rules = new Map<string, FaultRule>();
  let count = 0;

  /** Each rule draws for each request it matches, so its luck never depends on the other rules. */
  function draws(rule: FaultRule): boolean {
    rule.seen += 1;
    const isExhausted = rule.times !== null && rule.hits >= rule.times;
    return !isExhausted && seededFraction({ seed: seed(), stream: `fault-${rule.n}`, n: rule.seen }) < rule.chance;
  }

  function delayOf(rule: FaultRule): number {
    const luck = seededFraction({ seed: seed(), stream: `jitter-${rule.n}`, n: rule.seen });
    return rule.delayMs + Math.round(rule.jitterMs * luck);
  }

  function note(rule: FaultRule): void {
    journal.append({ record: 'fault', rule: writeRule(rule) });
  }

  return {
    add(wish: FaultWish): FaultRule {
      count += 1;
      const rule = readRule({ ...wish, fault_id: `fault_${count}`, n: count, seen: 0, hits: 0 });
      rules.set(rule.id, rule);
      note(rule);
      return rule;
    },
    restore(written: WrittenRule): void {
      const rule = readRule(written);
      rules.set(rule.id, rule);
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
        const isMeant = rule.orderId === null || rule.orderId === orderId;
        if (!isMeant || (rule.endpoint !== endpoint && rule.endpoint !== '*')) continue;
        const struck = draws(rule);
        if (struck && (rule.fault === 'latency' || strike.rule === null)) {
          rule.hits += 1;
          applyTo(strike, rule, delayOf(rule));
        }
        note(rule);
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
  strike.faultId = rule.id;
  strike.effect = rule.effect;
}
