import type { MintOutcomeName } from '../../domain/payments/mint-tries.js';
import type { Database } from '../pool.js';
import { execute, isoText, many, one, selectList } from '../query.js';

export interface MintIntentRow {
  readonly orderId: string;
  readonly attempt: number;
  readonly choice: number; // of the coin, by the order's payer
  readonly keyLabel: string;
  readonly outcome: MintOutcomeName;
  readonly startedAt: string;
  readonly lookedAt: string | null;
  readonly detail: string | null; // what the provider said, or did
}

export const mintIntentColumns = selectList<MintIntentRow>({
  orderId: 'order_id',
  attempt: 'attempt',
  choice: 'choice',
  keyLabel: 'key_label',
  outcome: 'outcome',
  startedAt: isoText('started_at'),
  lookedAt: isoText('looked_at'),
  detail: 'detail',
});

/** Those for the coin that is chosen now. */
export function mintIntentsOf(
  db: Database,
  { id, choice }: { readonly id: string; readonly choice: number },
): Promise<MintIntentRow[]> {
  return many<MintIntentRow>(
    db,
    `select ${mintIntentColumns} from mint_intents where order_id = $1 and choice = $2 order by attempt`,
    [id, choice],
  );
}

/**
 * Written and committed before the provider is called, with the note that the order's workflow has run for it. Two workers
 * cannot write the same attempt.
 */
export function openMintIntent(
  db: Database,
  intent: Pick<MintIntentRow, 'orderId' | 'attempt' | 'keyLabel' | 'choice'>,
): Promise<MintIntentRow> {
  return one<MintIntentRow>(
    db,
    `with opened as (update orders set opened_at = now() where id = $1 and opened_at is null)
     insert into mint_intents (order_id, attempt, key_label, choice, started_at) values ($1, $2, $3, $4, now())
     returning ${mintIntentColumns}`,
    [intent.orderId, intent.attempt, intent.keyLabel, intent.choice],
  );
}

export interface IntentClosing {
  readonly orderId: string;
  readonly attempt: number;
  readonly outcome: Exclude<MintOutcomeName, 'open'>;
  readonly paymentId?: string;
  readonly detail?: string;
}

export function closeMintIntent(db: Database, closing: IntentClosing): Promise<number> {
  return execute(
    db,
    `update mint_intents set outcome = $3, payment_id = $4, detail = coalesce($5, detail), closed_at = now()
     where order_id = $1 and attempt = $2 and outcome in ('open', 'unseen')`,
    [closing.orderId, closing.attempt, closing.outcome, closing.paymentId ?? null, closing.detail ?? null],
  );
}

/** What an open attempt got for an answer: whoever gives up later can say why. */
export function noteMintAnswer(
  db: Database,
  { orderId, attempt, detail }: { orderId: string; attempt: number; detail: string },
): Promise<number> {
  return execute(
    db,
    `update mint_intents set detail = $3 where order_id = $1 and attempt = $2 and outcome in ('open', 'unseen')`,
    [orderId, attempt, detail],
  );
}

/** A first look found nothing; a second one, later, has the last word. */
export function markLooked(db: Database, orderId: string, attempt: number): Promise<number> {
  return execute(db, 'update mint_intents set looked_at = now() where order_id = $1 and attempt = $2', [
    orderId,
    attempt,
  ]);
}
