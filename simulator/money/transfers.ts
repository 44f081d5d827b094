import { add, divideDown, isLess, isPositive, multiply, multiplyUp, subtract, type AmountText } from '../decimal.js';
import { scheduleIpn, writeIpn } from '../ipn/ipn.js';
import { seededHex } from '../seeded.js';
import { convertUp, findCoin, floorOf, isBelowFloor, type Coin } from '../world/coins.js';
import type { Payment, Status } from '../world/payments.js';
import type { IpnMode, Transfer, Walk } from '../world/tasks.js';
import type { World } from '../world/world.js';
import { mintChild, touch } from './minting.js';

export interface TransferResult {
  movementId: string;
  paymentId: string;
  childPaymentId: string | null;
}

/** Coins arrive at a payment's address. The first status follows at once, the others step by step. */
export function transferCoins(world: World, transfer: Transfer): TransferResult {
  const named = world.payments.find(transfer.paymentId);
  const root = named?.parentId == null ? named : world.payments.find(named.parentId);
  if (root === undefined) throw new Error(`no payment ${transfer.paymentId}`);
  const coin = findCoin(transfer.coin ?? root.payCurrency);
  if (coin === undefined) throw new Error(`no coin ${transfer.coin}`);

  const amount = amountOf(root, transfer, coin);
  const isWrong = coin.code !== root.payCurrency;
  const payment = receiverOf(world, root, { coin, amount });
  if (isWrong && payment === root) payment.payCurrency = coin.code;
  payment.actuallyPaid = add(payment.actuallyPaid, amount);
  payment.payinHash = nextTransaction(world);
  touch(world, payment);
  world.payments.save(payment);
  const movementId = recordMovement(world, payment, { amount, direction: 'in', scenario: transfer.scenario });

  walkOn(world, {
    paymentId: payment.id,
    remaining: transfer.then ?? pathOf(world, payment, { coin, amount, isWrong }),
    stepMs: transfer.stepMs ?? world.settings.current().stepMs,
    holdMs: transfer.holdMs ?? 0,
    ipn: transfer.ipn,
    heldIpnIds: [],
    afterwards: transfer.afterwards ?? [],
  });
  return { movementId, paymentId: root.id, childPaymentId: payment === root ? null : payment.id };
}

/** Takes the next status of a walk and puts the rest of it on the agenda. */
export function walkOn(world: World, walk: Walk): void {
  const [next, ...remaining] = walk.remaining;
  const payment = world.payments.find(walk.paymentId);
  if (payment === undefined) return;
  let { heldIpnIds } = walk;
  if (next !== undefined) {
    changeStatus(world, payment, next);
    heldIpnIds = announce(world, payment, { ipn: walk.ipn, heldIpnIds, isLast: remaining.length === 0 });
  }
  const nextMs = world.clock.now() + walk.stepMs + walk.holdMs;
  if (remaining.length > 0) {
    world.agenda.schedule({ kind: 'walk', walk: { ...walk, remaining, heldIpnIds, holdMs: 0 } }, nextMs);
    return;
  }
  const [following, ...later] = walk.afterwards;
  if (following === undefined) return;
  world.agenda.schedule({ kind: 'transfer', transfer: { ...following, afterwards: later } }, nextMs);
}

/** No coin came in a week: the provider stops looking. */
export function endWatch(world: World, paymentId: string): void {
  const payment = world.payments.find(paymentId);
  if (payment === undefined || payment.status !== 'waiting' || isPositive(payment.actuallyPaid)) return;
  changeStatus(world, payment, 'expired');
  announce(world, payment, { ipn: 'send', heldIpnIds: [], isLast: true });
}

function changeStatus(world: World, payment: Payment, to: Status): void {
  const from = payment.status;
  payment.status = to;
  touch(world, payment);
  world.payments.save(payment);
  world.ledger.record({ kind: 'status', payment_id: payment.id, from, to, actually_paid: payment.actuallyPaid });
  if (to !== 'refunded' || from === 'refunded' || !isPositive(payment.actuallyPaid)) return;
  recordMovement(world, payment, { amount: payment.actuallyPaid, direction: 'refund', scenario: null });
}

function announce(
  world: World,
  payment: Payment,
  walk: { ipn: IpnMode; heldIpnIds: string[]; isLast: boolean },
): string[] {
  const ipnId = writeIpn(world, payment, walk.ipn);
  if (ipnId === null) return walk.heldIpnIds;
  if (walk.ipn !== 'reorder') {
    scheduleIpn(world, ipnId, walk.ipn);
    return [];
  }
  if (!walk.isLast) return [...walk.heldIpnIds, ipnId];
  for (const due of [ipnId, ...walk.heldIpnIds]) scheduleIpn(world, due, 'send');
  return [];
}

/** The address has room for one payment; everything after the first transfer becomes a child. */
function receiverOf(world: World, root: Payment, deposit: { coin: Coin; amount: AmountText }): Payment {
  const isFirst = !isPositive(root.actuallyPaid) && (root.status === 'waiting' || root.status === 'expired');
  const isWrong = deposit.coin.code !== root.payCurrency;
  if (isFirst && (!isWrong || world.settings.current().wrongAssetShape === 'same_id')) return root;
  return mintChild(world, root, deposit);
}

function amountOf(root: Payment, { amount, fraction = '1' }: Transfer, coin: Coin): AmountText {
  if (amount !== undefined) return amount;
  const worth =
    coin.code === root.payCurrency ? root.payAmount : convertUp(root.payAmount, root.payCurrency, coin.code);
  return multiplyUp(worth ?? root.payAmount, fraction, coin.decimals);
}

function pathOf(
  world: World,
  payment: Payment,
  deposit: { coin: Coin; amount: AmountText; isWrong: boolean },
): Status[] {
  const { coverPercent, redepositStatus, wrongAsset } = world.settings.current();
  if (isBelowFloor(deposit.amount, deposit.coin)) return ['confirming', 'failed'];
  const seen: Status[] = ['confirming', 'confirmed', 'sending'];
  if (deposit.isWrong) return wrongAsset === 'manual' ? [] : [...seen, wrongAsset];
  if (payment.parentId !== null) return [...seen, redepositStatus];
  const covered = divideDown(multiply(payment.payAmount, subtract('100', String(coverPercent))), '100', 40);
  return [...seen, isLess(payment.actuallyPaid, covered) ? 'partially_paid' : 'finished'];
}

function recordMovement(
  world: World,
  payment: Payment,
  movement: { amount: AmountText; direction: 'in' | 'refund'; scenario: string | null },
): string {
  const n = world.ledger.countOf('movement') + 1;
  const movementId = `mov_${n}`;
  world.ledger.record({
    kind: 'movement',
    movement_id: movementId,
    payment_id: payment.id,
    coin: payment.payCurrency,
    txid: nextTransaction(world),
    ...movement,
  });
  return movementId;
}

/** Of the movement that is recorded next. */
function nextTransaction(world: World): string {
  return seededHex({ seed: world.seed, stream: 'transaction', n: world.ledger.countOf('movement') + 1 }, 64);
}

/** Half of the least the provider forwards: it will never do anything with it. */
export function crumbOf(payment: Payment): AmountText {
  const coin = findCoin(payment.payCurrency);
  return coin === undefined ? '0' : divideDown(floorOf(coin), '2', coin.decimals);
}

/** What the deposits in the right coin leave open; half as much again once nothing is missing. */
export function missingOf(world: World, payment: Payment): AmountText {
  const children = payment.childIds.map((id) => world.payments.find(id)).filter((child) => child !== undefined);
  const arrived = [payment, ...children]
    .filter((deposit) => deposit.payCurrency === payment.payCurrency)
    .reduce((sum, deposit) => add(sum, deposit.actuallyPaid), '0');
  const missing = subtract(payment.payAmount, arrived);
  const half = multiplyUp(payment.payAmount, '0.5', findCoin(payment.payCurrency)?.decimals ?? 8);
  return isPositive(missing) ? missing : half;
}
