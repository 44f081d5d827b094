import type { Evidence } from '../evidence.js';
import type { Walk } from '../walks.js';
import type { Finding } from './finding.js';

/** I12 and I15: a walk during writes shows what had been answered before it began exactly once, and nothing of others. */
export function judgeWalks({ walks, calls, orders }: Evidence): Finding[] {
  const owners = new Map(orders.map(({ id, accountId }) => [id, `acc_${accountId}`]));
  return walks.flatMap((walk): Finding[] => {
    const shown = new Set(walk.orderIds);
    const left = walk.isWhole ? answeredBefore(walk, calls).filter((id) => !shown.has(id)) : [];
    const twice = walk.orderIds.filter((id, at) => walk.orderIds.indexOf(id) < at);
    const foreign = [...shown].filter((id) => owners.has(id) && owners.get(id) !== walk.account);
    const gone = [...shown].filter((id) => !owners.has(id));
    const told = `a walk of ${walk.account} that began at ${walk.startedAt}`;
    return [
      ...left.map((orderId): Finding => finding('I12', 'other', orderId, `${told} left it out`)),
      ...twice.map((orderId): Finding => finding('I12', 'other', orderId, `${told} shows it twice`)),
      ...gone.map((orderId): Finding => finding('promise 3', 'lost', orderId, `${told} shows it, and it is not there`)),
      ...foreign.map((orderId): Finding => finding('I15', 'wrong', orderId, `${told} shows it`)),
    ];
  });
}

const finding = (invariant: string, harm: Finding['harm'], orderId: string, detail: string): Finding => ({
  invariant,
  harm,
  orderId,
  detail,
});

/** By the merchant's own clock and memory, never by ours: the orders whose answer it had in hand. */
function answeredBefore({ account, startedAt }: Walk, calls: Evidence['calls']): string[] {
  const known = calls.flatMap((call) =>
    call.outcome === 'ok' && call.account === account && call.orderId !== null && call.endedAt < startedAt
      ? [call.orderId]
      : [],
  );
  return [...new Set(known)];
}
