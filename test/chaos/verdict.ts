import type { Evidence } from './evidence.js';
import type { Goal, GoalRun } from './goals/goal.js';
import type { Finding, Harm } from './judges/finding.js';
import { judgeMoney } from './judges/money.js';
import { createProviderBook } from './judges/provider-book.js';
import { judgeTimelines } from './judges/timelines.js';
import { judgeTold } from './judges/told.js';
import { judgeWalks } from './judges/walks.js';
import { judgeWords } from './judges/words.js';
import { subscribed, type Shop } from './shop.js';
import type { Tally } from './tally.js';

/** A goal that was run, with whatever belongs to it. */
export interface Ran {
  readonly goal: Goal;
  readonly shop: Shop;
  readonly tally: Tally;
  readonly run: GoalRun;
  readonly seconds: number;
}

export interface GoalVerdict {
  readonly goal: string;
  readonly what: string;
  readonly passed: boolean;
  readonly figures: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly notFired: readonly string[];
  readonly matrix?: Readonly<Record<string, string>>; // what became of the orders of each crash point
  readonly findings: readonly Finding[];
}

/** What the evidence says against us; pure, so that it is tested without a world. */
export function judge(evidence: Evidence): Finding[] {
  const book = createProviderBook(evidence.ledger);
  const rows = evidence.broken.map(({ invariant, id }): Finding => {
    const orderId = /ord_[0-9a-f]{12}/.exec(id)?.[0] ?? null;
    return { invariant, harm: harmOf(invariant), orderId, detail: id };
  });
  return [
    ...rows,
    ...judgeMoney(evidence, book),
    ...judgeWords(evidence, book),
    ...judgeTold(evidence, subscribed),
    ...judgeTimelines(evidence),
    ...judgeWalks(evidence),
  ];
}

function harmOf(invariant: string): Harm {
  if (/^I(?:2|3|8) /.test(invariant)) return 'doubled';
  if (/^I(?:6|14) /.test(invariant)) return 'stuck';
  return /^I(?:4|5|15) /.test(invariant) ? 'wrong' : 'other';
}

/** A goal passes when nothing is held against its orders, all of them were answered, and every fault has fired. */
export function verdictOf(ran: Ran, evidence: Evidence, findings: readonly Finding[]): GoalVerdict {
  const { goal, shop, tally, run } = ran;
  const counts = tally.counts();
  const walks = run.walks.filter(({ isWhole }) => isWhole).length;
  const notFired = [
    ...run.faults.filter((fault) => !Object.keys(counts).some((kind) => kind.startsWith(fault))),
    ...(walks === 0 ? ['a whole walk over pages'] : []),
  ];
  const all = [...findings, ...unanswered(ran), ...missing(ran, evidence)];
  const count = (harm: Harm) => all.filter((finding) => finding.harm === harm).length;
  const ours = evidence.orders.filter(({ accountId }) => accountId === shop.accountId);
  const harms = { lost: count('lost'), doubled: count('doubled'), wrong: count('wrong'), stuck: count('stuck') };
  return {
    goal: goal.id,
    what: goal.what,
    passed: all.length === 0 && notFired.length === 0,
    figures: {
      orders: run.placed.length,
      paid: ours.filter(({ status }) => status === 'paid').length,
      ...run.figures,
      walks,
      ...harms,
      other: all.length - Object.values(harms).reduce((sum, each) => sum + each, 0),
      ...timesOf(ran, evidence),
      seconds: ran.seconds,
    },
    faults: counts,
    notFired,
    ...(run.matrix ? { matrix: outcomes(run.matrix, evidence, all) } : {}),
    findings: all,
  };
}

function outcomes(
  matrix: NonNullable<GoalRun['matrix']>,
  { orders }: Evidence,
  findings: readonly Finding[],
): Record<string, string> {
  const statuses = new Map(orders.map(({ id, status }) => [id, status]));
  const outcomeOf = (ids: readonly string[]) => {
    const paid = ids.filter((id) => statuses.get(id) === 'paid').length;
    const held = findings.filter(({ orderId }) => orderId !== null && ids.includes(orderId)).length;
    return `${paid} of ${ids.length} paid, ${held} findings`;
  };
  return Object.fromEntries(Object.entries(matrix).map(([point, ids]) => [point, outcomeOf(ids)]));
}

function unanswered({ run }: Ran): Finding[] {
  return run.placed
    .filter(({ address }) => address === null)
    .map(({ key, orderId }) => ({
      invariant: 'promise 4',
      harm: 'stuck',
      orderId,
      detail: `the key ${key} never had a usable address`,
    }));
}

/** Orders of a shop are those of its keys, no more and no fewer. */
function missing({ shop, run }: Ran, { orders }: Evidence): Finding[] {
  const ours = orders.filter(({ accountId }) => accountId === shop.accountId).length;
  if (ours === run.placed.length) return [];
  const detail = `${run.placed.length} keys have ${ours} orders`;
  return [{ invariant: 'I2', harm: ours < run.placed.length ? 'lost' : 'doubled', orderId: null, detail }];
}

/** How long after the last fault, at most, an order was settled; how long IPNs waited for their answer. */
function timesOf({ shop, tally }: Ran, evidence: Evidence): Record<string, number> {
  const ours = new Set(evidence.orders.filter((order) => order.accountId === shop.accountId).map(({ id }) => id));
  const lastFault = Date.parse(tally.lastAt() ?? '') || 0;
  const settled = evidence.events.filter((event) => event.status === 'paid' && ours.has(event.orderId));
  const after = settled.map((event) => (Date.parse(event.at) - lastFault) / 1_000);
  const payments = new Set(
    evidence.ledger.flatMap((entry) =>
      entry.kind === 'mint' && ours.has(entry.order_id ?? '') ? [entry.payment_id] : [],
    ),
  );
  const ipns = new Set(
    evidence.ledger.flatMap((entry) =>
      entry.kind === 'ipn' && payments.has(entry.payment_id ?? '') ? [entry.ipn_id] : [],
    ),
  );
  const waits = evidence.ledger
    .flatMap((entry) =>
      entry.kind === 'ipn_attempt' && ipns.has(entry.ipn_id) && entry.acknowledged ? [entry.ms] : [],
    )
    .sort((a, b) => a - b);
  return {
    settled_max_s: Math.max(0, Math.round(Math.max(0, ...after))),
    ipns: waits.length,
    ack_p99_ms: waits[Math.floor(waits.length * 0.99)] ?? 0,
  };
}

/** The one line that is said of a goal. */
export function lineOf({ goal, passed, figures, notFired }: GoalVerdict, seed: number): string {
  const said = Object.entries(figures).map(([name, value]) => `${name}=${value}`);
  const silent = notFired.length > 0 ? [`not fired: ${notFired.join(', ')}`] : [];
  return [goal, passed ? 'pass' : 'FAIL', ...said, `seed=${seed}`, ...silent].join(' ');
}
