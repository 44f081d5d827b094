import type { PaymentId } from '../ids.js';
import type { CoinAmount } from '../money.js';
import type { PaymentView } from './payment-view.js';

/** What our last read of a re-deposit said. */
export interface DepositRead {
  readonly paymentId: PaymentId;
  readonly parentPaymentId: PaymentId | null;
  readonly status: string | null; // null: the provider did not show it, or it is none of the order's
  readonly coin: string | null;
  readonly actuallyPaid: CoinAmount | null;
  readonly transactionHash: string | null;
  readonly readAt: string;
}

/** A re-deposit as it stands on record. */
export interface DepositOnRecord {
  readonly paymentId: PaymentId;
  readonly parentPaymentId: PaymentId | null;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: CoinAmount;
  readonly transactionHash: string | null;
}

/** What we know of a re-deposit without asking. */
export interface RememberedDeposit {
  readonly view: PaymentView | null; // null: nothing that counts
  readonly readAt: string | null; // null: never read, as far as we remember
}

export type DepositMemory = ReadonlyMap<PaymentId, RememberedDeposit>;

/** As many as the quota lets through at once, so that one order with a hundred crumbs holds up nobody. */
export const mostDepositReads = 10;

/** What a final payment says from now on it says by IPN. */
const finalWords = ['finished', 'failed', 'expired', 'refunded'];

/** Our last read of each, else the record. */
export function depositMemory(
  recorded: readonly DepositOnRecord[],
  reads: readonly DepositRead[],
): Map<PaymentId, RememberedDeposit> {
  const memory = new Map<PaymentId, RememberedDeposit>();
  for (const { providerStatus, arrived, ...deposit } of recorded) {
    const view = rememberedView({ ...deposit, status: providerStatus, actuallyPaid: arrived });
    memory.set(deposit.paymentId, { view, readAt: null });
  }
  for (const { readAt, ...read } of reads) {
    const view = read.status === null ? null : rememberedView({ ...read, status: read.status });
    memory.set(read.paymentId, { view, readAt });
  }
  return memory;
}

interface DepositTurns {
  readonly rung: ReadonlySet<PaymentId>;
  readonly finalToo?: boolean;
  readonly most?: number;
}

/**
 * Which re-deposits to read now, `most` at most: first those that an IPN rang for, then those never read, as the provider
 * lists them, then those read longest ago. A final one is read again only when an IPN rings for it, or `finalToo`.
 */
export function depositsToRead(
  candidates: readonly PaymentId[],
  memory: DepositMemory,
  { rung, finalToo = false, most = mostDepositReads }: DepositTurns,
): PaymentId[] {
  const turnOf = (id: PaymentId) => (rung.has(id) ? '0' : `1${memory.get(id)?.readAt ?? ''}`);
  return candidates
    .filter((id) => finalToo || rung.has(id) || !isFinal(memory.get(id)))
    .map((id) => ({ id, turn: turnOf(id) }))
    .sort((a, b) => (a.turn < b.turn ? -1 : a.turn > b.turn ? 1 : 0)) // stable: those never read keep the list's order
    .slice(0, most)
    .map(({ id }) => id);
}

/** How many re-deposits nothing at all is known of: what is read of the order is not all of it yet. */
export function unreadDeposits(candidates: readonly PaymentId[], memory: DepositMemory): number {
  return candidates.filter((id) => !memory.has(id)).length;
}

function isFinal(remembered: RememberedDeposit | undefined): boolean {
  const status = remembered?.view?.status;
  return status !== undefined && finalWords.includes(status);
}

function rememberedView({
  coin,
  ...known
}: Pick<PaymentView, 'paymentId' | 'parentPaymentId' | 'status' | 'actuallyPaid' | 'transactionHash'> & {
  readonly coin: string | null;
}): PaymentView {
  return {
    ...known,
    payCurrency: coin,
    extraIds: [],
    orderId: null,
    priceAmount: null,
    priceCurrency: null,
    payAmount: null,
    payAddress: null,
    payExtraId: null,
    updatedAtMs: null,
  };
}
