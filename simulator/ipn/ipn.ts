import { stringify } from 'lossless-json';
import { seededDigits } from '../seeded.js';
import type { IpnAnswer } from '../world/ipn-sender.js';
import type { Payment } from '../world/payments.js';
import type { IpnMode } from '../world/tasks.js';
import type { World } from '../world/world.js';
import { ipnPayment } from './ipn-payment.js';
import { forgeSignature, signBody } from './ipn-signature.js';

// Two IPNs of one payment leave one after the other, so "the normal path" arrives in order even without a step.
const lastSend = new WeakMap<World, Map<string, Promise<void>>>();

/** Writes down what the payment's state says right now; null when nobody listens or the mode says silence. */
export function writeIpn(world: World, payment: Payment, mode: IpnMode): string | null {
  const secret = world.accounts.byLabel(payment.keyLabel)?.ipnSecret ?? '';
  if (mode === 'drop' || payment.ipnUrl === null || secret === '') return null;
  const spelling = world.settings.current().numberText;
  const body = stringify(ipnPayment(payment, spelling)) ?? '';
  if (typeof mode === 'object' && 'forge' in mode) {
    const other = {
      ...payment,
      id: seededDigits({ seed: world.seed, stream: 'other-order', n: payment.n }, 10),
      orderId: 'ord_other',
    };
    const otherBody = stringify(ipnPayment(other, spelling)) ?? '';
    const signature = forgeSignature(mode.forge, { body, otherBody, secret });
    return recordIpn(world, { paymentId: payment.id, genuine: false, url: payment.ipnUrl, body, signature });
  }
  const signature = signBody(body, secret, 'A');
  return recordIpn(world, { paymentId: payment.id, genuine: true, url: payment.ipnUrl, body, signature });
}

export function recordIpn(
  world: World,
  ipn: { paymentId: string | null; genuine: boolean; url: string; body: string; signature: string | null },
): string {
  const ipnId = `ipn_${world.ledger.countOf('ipn') + 1}`;
  const { paymentId, genuine, body, signature, url } = ipn;
  world.ledger.record({ kind: 'ipn', ipn_id: ipnId, payment_id: paymentId, genuine, body, signature, url });
  return ipnId;
}

/** Puts the first round of an IPN on the agenda; what is due now leaves at the next turn of the event loop. */
export function scheduleIpn(world: World, ipnId: string, mode: IpnMode): void {
  const copies = typeof mode === 'object' && 'duplicate' in mode ? mode.duplicate : 1;
  const delayMs = typeof mode === 'object' && 'delay' in mode ? mode.delay : 0;
  world.agenda.schedule({ kind: 'send_ipn', ipnId, round: 1, copies }, world.clock.now() + delayMs);
}

/** One round: one attempt, or many at once. Unless one of them is acknowledged, the next round follows. */
export async function sendIpnRound(
  world: World,
  task: { ipnId: string; round: number; copies: number },
): Promise<void> {
  const { ipnId, round, copies } = task;
  const written = world.ipnLog.find(ipnId);
  if (written === undefined) return;
  const { epoch } = world;
  const { attempts } = written;
  const attempt = async () => {
    await Promise.all(Array.from({ length: copies }, (_, i) => attemptIpn(world, ipnId, attempts + i + 1)));
  };
  if (round === 1) await afterEarlierOnes(world, written.paymentId ?? ipnId, attempt);
  else await attempt();
  if (world.epoch !== epoch || written.acknowledged || !written.genuine) return;
  const { retries, intervalMs } = world.settings.current().ipn;
  if (round > retries) return;
  world.agenda.schedule({ kind: 'send_ipn', ipnId, round: round + 1, copies: 1 }, world.clock.now() + intervalMs);
}

/** Undefined when there is no such IPN, or a reset came in between. */
export async function attemptIpn(world: World, ipnId: string, n: number): Promise<IpnAnswer | undefined> {
  const written = world.ipnLog.find(ipnId);
  if (written === undefined) return undefined;
  const { epoch } = world;
  const { url, body, signature } = written;
  const { timeoutMs } = world.settings.current().ipn;
  const answer = await world.ipnSender.send({ url, body, signature, timeoutMs });
  if (world.epoch !== epoch) return undefined;
  world.ledger.record({ kind: 'ipn_attempt', ipn_id: ipnId, n, ...writeAnswer(answer) });
  return answer;
}

/** As the ledger and the control API spell it. */
export function writeAnswer({ httpStatus, error, ms, acknowledged }: IpnAnswer) {
  return { http_status: httpStatus, error, ms, acknowledged };
}

async function afterEarlierOnes(world: World, lane: string, send: () => Promise<void>): Promise<void> {
  const lanes = lastSend.get(world) ?? new Map<string, Promise<void>>();
  lastSend.set(world, lanes);
  const turn = (lanes.get(lane) ?? Promise.resolve()).then(send);
  lanes.set(lane, turn);
  await turn;
  if (lanes.get(lane) === turn) lanes.delete(lane);
}
