import type { Evidence } from '../evidence.js';
import { grouped, type Finding } from './finding.js';

/** I7 and I15: each event × endpoint that wants it is one delivery, seen by the receiver, with one body and our signature. */
export function judgeTold(evidence: Evidence, subscribed: readonly string[]): Finding[] {
  return [...judgeDeliveries(evidence), ...judgeExpected(evidence, subscribed), ...judgeReceived(evidence)];
}

function judgeDeliveries({ deliveries, received }: Evidence): Finding[] {
  const taken = new Set(
    received.filter(({ answered }) => answered === 204).map(({ eventId, endpoint }) => `${eventId} ${endpoint}`),
  );
  return deliveries.flatMap((delivery): Finding[] => {
    const { id, eventId, path, status, orderId } = delivery;
    const finding = { invariant: 'I7', orderId };
    const name = `delivery ${id} of ${eventId} to ${path}`;
    if (status !== 'delivered' && status !== 'dlq')
      return [{ ...finding, harm: 'stuck', detail: `${name} is ${status}` }];
    if (status === 'delivered' && !taken.has(`${eventId} ${path}`)) {
      return [{ ...finding, harm: 'lost', detail: `${name} is delivered, and nobody took it` }];
    }
    if (status === 'dlq' && path.startsWith('/steady/')) {
      return [{ ...finding, harm: 'lost', detail: `${name} is dead though its receiver takes everything` }];
    }
    return [];
  });
}

function judgeExpected({ told, deliveries }: Evidence, subscribed: readonly string[]): Finding[] {
  const byEvent = grouped(deliveries, ({ eventId }) => eventId);
  return told.flatMap(({ eventId, orderId, type }): Finding[] => {
    const paths = (byEvent.get(eventId) ?? []).map(({ path }) => path.split('/')[1]).sort();
    const wanted = subscribed.includes(type) ? ['faulty', 'steady'] : [];
    if (paths.join() === wanted.join()) return [];
    const harm = paths.length < wanted.length ? 'lost' : 'doubled';
    return [{ invariant: 'I7', harm, orderId, detail: `${type} ${eventId} goes to ${paths.join() || 'nobody'}` }];
  });
}

function judgeReceived({ received, told }: Evidence): Finding[] {
  const events = new Map(told.map((event) => [event.eventId, event]));
  const attempts = grouped(received, ({ eventId, endpoint }) => `${eventId} ${endpoint}`);
  return [...attempts].flatMap(([name, [first, ...others]]): Finding[] => {
    if (first === undefined) return [];
    const event = events.get(first.eventId);
    const finding = { orderId: event?.orderId ?? null };
    if (event === undefined) return [{ ...finding, invariant: 'I7', harm: 'wrong', detail: `${name}: no such event` }];
    const all = [first, ...others];
    if (all.some(({ sha256 }) => sha256 !== first.sha256)) {
      return [{ ...finding, invariant: 'I7', harm: 'wrong', detail: `${name}: its body changed` }];
    }
    if (all.some(({ authentic }) => !authentic)) {
      return [{ ...finding, invariant: 'I7', harm: 'wrong', detail: `${name}: a signature does not verify` }];
    }
    return [];
  });
}
