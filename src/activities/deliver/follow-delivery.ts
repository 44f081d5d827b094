import { layAside } from '../../db/deliveries/deliveries.js';
import { deliveryStanding, noteRunEnded } from '../../db/deliveries/delivery-claims.js';
import type { Pool } from '../../db/pool.js';
import { follow, type DeliveryStanding } from '../../domain/delivery.js';
import { assertNever } from '../../domain/invariant.js';
import { retryLater } from '../retry-later.js';

/**
 * Looks how a delivery fares, for its workflow. Answers its end (`delivered`, `dlq`) or `paused`; anything else is a benign
 * failure that carries the wait until the next look. It makes no attempt: all attempts are claimed in one place, the
 * publisher's, where what finds no place at its endpoint waits at no cost.
 */
export async function followDelivery({ pool }: { pool: Pool }, deliveryId: string): Promise<string> {
  const standing = await deliveryStanding(pool, deliveryId);
  if (!standing) throw new Error(`delivery ${deliveryId} is not in the database`);
  const next = follow(standing);
  switch (next.kind) {
    case 'ended':
      return next.status;
    case 'abandoned':
      await layAside(pool, standing.endpointId);
      if (standing.disabled) return 'dlq';
      return pausedUnlessClaimed(pool, deliveryId);
    case 'paused':
      return pausedUnlessClaimed(pool, deliveryId);
    case 'look':
      throw retryLater('NotAccepted', inWords(standing), next.afterMs);
    default:
      return assertNever(next);
  }
}

/** A paused delivery waits in its row alone. Once its endpoint is resumed, whoever fails to deliver it begins another run. */
async function pausedUnlessClaimed(pool: Pool, deliveryId: string): Promise<string> {
  if (await noteRunEnded(pool, deliveryId)) return 'paused';
  throw retryLater('NotAccepted', 'resumed at this moment', 1_000);
}

/** One line for the operator who looks at the pending activity. */
function inWords({ attempts, claimed, dueInMs }: DeliveryStanding): string {
  const made = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  if (claimed) return `${made}, the last one on the wire`;
  if (dueInMs === null) return `${made}, no time set for the next`;
  const seconds = Math.abs(Math.round(dueInMs / 1000));
  if (dueInMs > 0) return `${made}, the next one in ${seconds} s`;
  return `${made}, the next one due for ${seconds} s: waiting for its turn at the endpoint`;
}
