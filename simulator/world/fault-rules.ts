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

export interface FaultRule {
  id: string;
  n: number;
  endpoint: string;
  fault: FaultName;
  effect: 'before' | 'after';
  /** Between 0 and 1. */
  chance: number;
  times: number | null;
  /** The one order it is meant for; null: any. */
  orderId: string | null;
  delayMs: number;
  jitterMs: number;
  retryAfter: number | string | null;
  bytes: number;
  /** How many requests the rule looked at. */
  seen: number;
  /** How many of them it spoilt. */
  hits: number;
}

/** A rule as the control API is asked for it. */
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

/** As the control API shows it and the journal keeps it. */
export interface WrittenRule extends FaultWish {
  fault_id: string;
  n: number;
  seen: number;
  hits: number;
}

export function writeRule(rule: FaultRule): WrittenRule {
  return {
    endpoint: rule.endpoint,
    fault: rule.fault,
    effect: rule.effect,
    p: rule.chance,
    times: rule.times,
    match: rule.orderId === null ? {} : { order_id: rule.orderId },
    ms: rule.delayMs,
    jitter: rule.jitterMs,
    retry_after: rule.retryAfter,
    bytes: rule.bytes,
    fault_id: rule.id,
    n: rule.n,
    seen: rule.seen,
    hits: rule.hits,
  };
}

export function readRule(written: WrittenRule): FaultRule {
  return {
    id: written.fault_id,
    n: written.n,
    endpoint: written.endpoint,
    fault: written.fault,
    effect: written.effect,
    chance: written.p,
    times: written.times,
    orderId: written.match.order_id ?? null,
    delayMs: written.ms,
    jitterMs: written.jitter,
    retryAfter: written.retry_after,
    bytes: written.bytes,
    seen: written.seen,
    hits: written.hits,
  };
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
  return rule.effect === 'after' || altersAnswer(rule) || rule.fault === 'ipn_first';
}

export function altersAnswer(rule: FaultRule): boolean {
  return altering.has(rule.fault);
}
