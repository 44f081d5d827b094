import type { AmountText } from '../decimal.js';
import { scheduleIpn } from '../ipn/ipn.js';
import { iso } from '../spelling.js';
import { otherCoin } from '../world/coins.js';
import type { Payment, Status } from '../world/payments.js';
import type { IpnMode, Transfer } from '../world/tasks.js';
import type { World } from '../world/world.js';
import { crumbOf, missingOf, transferCoins, walkOn, type TransferResult } from './transfers.js';

export interface ScenarioWishes {
  stepMs?: number | undefined;
  ipn?: IpnMode | undefined;
  /** How many copies of each IPN a storm has. */
  n?: number | undefined;
  holdMs?: number | undefined;
  afterMs?: number | undefined;
  coin?: string | undefined;
  fraction?: AmountText | undefined;
}

export interface ScenarioResult extends Omit<TransferResult, 'movementId'> {
  scenario: string;
  movementId: string | null;
  dueAt: string | null;
}

type Plan = (payment: Payment, wishes: ScenarioWishes, world: World) => Partial<Transfer> & { afterMs?: number };

const finishedPath: Status[] = ['confirming', 'confirmed', 'sending', 'finished'];
const TWO_HOURS_MS = 2 * 3_600_000;

const transfers: Record<string, Plan> = {
  paid: () => ({}),
  partial: () => ({ fraction: '0.5' }),
  partial_then_topup: (payment) => ({ fraction: '0.5', afterwards: [followUp(payment, '0.5')] }),
  topup: (payment, _wishes, world) => ({ amount: missingOf(world, payment) }),
  overpaid: () => ({ fraction: '1.5' }),
  late: (_payment, { afterMs }, world) => ({ afterMs: afterMs ?? world.lateAfterMs }),
  redeposit: (payment) => ({ afterwards: [followUp(payment, '1')] }),
  wrong_asset: (payment) => ({ coin: otherCoin(payment.payCurrency) }),
  failed: (payment) => ({ amount: crumbOf(payment) }),
  refunded_after_paid: () => ({ then: [...finishedPath, 'refunded'] }),
  silent: () => ({ ipn: 'drop' }),
  ipn_storm: (_payment, { n }) => ({ ipn: { duplicate: n ?? 50 } }),
  out_of_order: () => ({ ipn: 'reorder' }),
  confirm_slowly: (_payment, { holdMs }) => ({ holdMs: holdMs ?? TWO_HOURS_MS }),
  forced_finished: () => ({ fraction: '0.9', then: finishedPath }),
};

/** No coins move in these: somebody at the provider presses a button. */
const statusButtons: Record<string, Status> = { refund: 'refunded', fail: 'failed', cancel: 'cancelled' };

export const scenarioNames: readonly string[] = [
  ...Object.keys(transfers),
  ...Object.keys(statusButtons),
  'send_again',
];

export function playScenario(
  world: World,
  { name, payment, wishes = {} }: { name: string; payment: Payment; wishes?: ScenarioWishes },
): ScenarioResult {
  const done = { scenario: name, paymentId: payment.id, movementId: null, childPaymentId: null, dueAt: null };
  if (name === 'send_again') {
    const last = world.ipnLog.lastOf(payment.id);
    if (last !== undefined) scheduleIpn(world, last.id, 'send');
    return done;
  }
  const status = statusButtons[name];
  if (status !== undefined) {
    pressButton(world, payment, { status, ipn: wishes.ipn ?? 'send' });
    return done;
  }
  const plan = transfers[name];
  if (plan === undefined) throw new Error(`no scenario ${name}`);
  const { afterMs, ...planned } = plan(payment, wishes, world);
  const transfer = applyWishes({ paymentId: payment.id, ipn: 'send', scenario: name, ...planned }, wishes);
  if (afterMs === undefined) return { ...done, ...transferCoins(world, transfer) };
  const dueMs = world.clock.now() + afterMs;
  world.agenda.schedule({ kind: 'transfer', transfer }, dueMs);
  return { ...done, dueAt: iso(dueMs) };
}

function pressButton(world: World, payment: Payment, { status, ipn }: { status: Status; ipn: IpnMode }): void {
  walkOn(world, {
    paymentId: payment.id,
    remaining: [status],
    stepMs: 0,
    holdMs: 0,
    ipn,
    heldIpnIds: [],
    afterwards: [],
  });
}

function applyWishes(transfer: Transfer, { stepMs, ipn, coin, fraction }: ScenarioWishes): Transfer {
  const wished: Transfer = { ...transfer };
  if (stepMs !== undefined) wished.stepMs = stepMs;
  if (ipn !== undefined) wished.ipn = ipn;
  if (coin !== undefined) wished.coin = coin;
  if (fraction !== undefined) wished.fraction = fraction;
  wished.afterwards = (transfer.afterwards ?? []).map((later) => ({
    ...later,
    scenario: transfer.scenario,
    ipn: wished.ipn,
    ...(stepMs === undefined ? {} : { stepMs }),
  }));
  return wished;
}

function followUp(payment: Payment, fraction: AmountText): Transfer {
  return { paymentId: payment.id, fraction, ipn: 'send', scenario: null };
}
