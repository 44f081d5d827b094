import type pg from 'pg';

/** The words that the provider sends for one payment, and how far apart; or it sends none. */
export interface Way {
  readonly then: readonly string[];
  readonly stepMs: number;
  readonly ipn?: 'send' | 'drop';
}

export const oneWord: Way = { then: ['finished'], stepMs: 1 };
export const fourWords: Way = { then: ['confirming', 'confirmed', 'sending', 'finished'], stepMs: 400 };

/** Whoever takes orders in the bench: an order is opened, coins are sent for it, and it ends paid. */
export interface Contender {
  readonly name: string;
  checkout(): Promise<string>; // the order's id, once its address is known
  /** Coins arrive, and the provider says so. Ends when the order is paid. */
  pay(orderId: string, way?: Way): Promise<void>;
  /** Where its history is; null: it has none. */
  readonly workflowId: ((orderId: string) => string) | null;
  /** Its own database, for statements and commits; null: it has none. */
  readonly database: { readonly name: string; readonly pool: pg.Pool } | null;
  /** Before each of its rounds, unmeasured; what it answers is done after. */
  prepare?(): Promise<() => Promise<void>>;
  /** Its own processes, by what stands in their command line. */
  readonly programs: Readonly<Record<string, RegExp>>;
}

/** How the driver asks whether orders are paid: by this beginning it is left out where statements are counted. */
export const watchBegins = 'select id as watched';
const watchSql = `${watchBegins} from orders where id = any($1) and status = 'paid'`;

/** One question for everybody who waits, so that watching costs next to nothing. */
export function watchPaid(pool: pg.Pool) {
  const waiting = new Map<string, () => void>();
  let closed = false;
  const ended = (async () => {
    while (!closed) {
      const ids = [...waiting.keys()];
      if (ids.length > 0) await lookFor(ids);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  })();
  async function lookFor(ids: readonly string[]): Promise<void> {
    const { rows } = await pool.query<{ watched: string }>(watchSql, [ids]);
    for (const { watched } of rows) {
      waiting.get(watched)?.();
      waiting.delete(watched);
    }
  }
  return {
    of: (id: string) => new Promise<void>((resolve) => waiting.set(id, resolve)),
    async close(): Promise<void> {
      closed = true;
      await ended;
    },
  };
}

/** All coins of an order at once, by the simulator's own door. */
export async function sendCoins(simulatorUrl: string, orderId: string, { then, stepMs, ipn }: Way): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/_sim/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ order_id: orderId, then, step: stepMs, ipn }),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}
