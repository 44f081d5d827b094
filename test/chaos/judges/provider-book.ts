import { Big } from 'big.js';
import type { LedgerEntry } from '../../../simulator/world/ledger.js';
import { grouped } from './finding.js';

type Of<Kind extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: Kind }>;

/** The simulator's ledger, by payment: the truth about mints, coins and words. */
export interface ProviderBook {
  readonly mints: readonly Of<'mint'>[];
  mintOf(paymentId: string): Of<'mint'> | undefined;
  /** The payment and the deposits that came to its address later. */
  familyOf(paymentId: string): readonly Of<'mint'>[];
  coinsOf(paymentId: string): readonly Of<'movement'>[];
  /** The coins that came in and that the provider made final, by `at` at the latest, in this coin. */
  finalCoins(paymentId: string, coin: string, at: string): Big;
  readonly ipns: ReadonlyMap<string, Of<'ipn'>>;
  readonly attempts: readonly Of<'ipn_attempt'>[];
}

const final: readonly string[] = ['finished', 'partially_paid', 'refunded'];

export function createProviderBook(ledger: readonly LedgerEntry[]): ProviderBook {
  const of = <Kind extends LedgerEntry['kind']>(kind: Kind) =>
    ledger.filter((entry): entry is Of<Kind> => entry.kind === kind);
  const mints = of('mint');
  const byPayment = new Map(mints.map((mint) => [mint.payment_id, mint]));
  const children = grouped(
    mints.filter((mint) => mint.parent_payment_id !== null),
    (mint) => mint.parent_payment_id ?? '',
  );
  const coins = grouped(
    of('movement').filter((movement) => movement.direction === 'in'),
    (movement) => movement.payment_id,
  );
  const words = grouped(of('status'), (status) => status.payment_id);
  const familyOf = (paymentId: string) => {
    const own = byPayment.get(paymentId);
    return [...(own ? [own] : []), ...(children.get(paymentId) ?? [])];
  };
  const isFinal = (paymentId: string, at: string) => {
    const said = (words.get(paymentId) ?? []).filter((word) => word.at <= at);
    return said.some((word) => final.includes(word.to));
  };
  return {
    mints,
    mintOf: (paymentId) => byPayment.get(paymentId),
    familyOf,
    coinsOf: (paymentId) => coins.get(paymentId) ?? [],
    finalCoins: (paymentId, coin, at) =>
      familyOf(paymentId)
        .filter((mint) => isFinal(mint.payment_id, at))
        .flatMap((mint) => coins.get(mint.payment_id) ?? [])
        .filter((movement) => movement.coin === coin && movement.at <= at)
        .reduce((sum, movement) => sum.plus(movement.amount), new Big(0)),
    ipns: new Map(of('ipn').map((ipn) => [ipn.ipn_id, ipn])),
    attempts: of('ipn_attempt'),
  };
}
