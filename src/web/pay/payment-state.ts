import type { Price } from '../../domain/currency.js';
import type { NextAction } from '../../domain/next-action.js';
import type { FailedReason } from '../../domain/failed-reason.js';
import type { OrderStatus } from '../../domain/order.js';

/** Where and what to pay. Amounts are the provider's own decimal text: copied as they are, never rounded. */
export interface PayTarget {
  readonly address: string;
  readonly extraId: string | null; // memo or tag: without it the coins are not found
  readonly currency: string; // the provider's code: `usdttrc20`
  readonly network: string | null;
  readonly owed: string; // in all
  readonly arrived: string;
  readonly amountText: string; // to be sent now
}

/** A coin that the payer may choose, with what the price is about in it. */
export interface CoinOption {
  readonly code: string;
  readonly network: string | null;
  readonly estimate: string | null; // null: not known now
  readonly minimum: string | null;
  readonly isTooSmall: boolean; // the price is less than the provider takes of it
}

/** What a payer may choose from. */
export interface Choice {
  readonly options: readonly CoinOption[] | null; // null: not known now
  readonly chosen: string | null;
  readonly isRefused: boolean; // the last one cannot be had
}

/** Who sells, as a payer sees it: what the account says of itself, else the installation's name. */
export interface PageSeller {
  readonly name: string;
  readonly logoSha256: string | null;
  readonly accentColour: string | null;
  readonly supportAddress: string | null; // a mail address, or an https URL
  readonly legalName: string | null;
  readonly postalAddress: string | null;
}

/** What came beside what pays the order: too much at once, or once more. */
export type Surplus = 'overpaid' | 'second_payment';

/** What a payer may know of an order: nothing of the merchant's account, nothing but what the page shows. */
export interface PaymentPageView {
  readonly seller: PageSeller;
  readonly token: string;
  readonly orderId: string;
  readonly product: string;
  readonly productNames: Readonly<Record<string, string>>; // by language
  readonly price: Price;
  readonly status: OrderStatus;
  readonly failedReason: FailedReason | null;
  readonly provider: 'nowpayments' | 'stub';
  readonly nextAction: NextAction;
  readonly choice: Choice | null; // null: no coin is to be chosen, or none is asked for
  readonly mayChooseAnother: boolean; // instead of the one that is shown
  readonly pay: PayTarget | null; // null: no address yet, nothing to send, or one that failed its check
  readonly isAddressWithheld: boolean; // there is an address, and its hash does not match
  readonly isWrongAsset: boolean; // partial, because another coin came
  readonly hasLateMoney: boolean; // failed or cancelled, and coins came after that
  readonly hasEarlierMoney: boolean; // failed or cancelled, though coins came before that
  readonly expiresAt: string | null; // of a partial payment: until when the rest may come
  readonly paidAt: string | null;
  readonly description: string | null;
  readonly successUrl: string | null;
  readonly returnUrl: string | null;
  readonly cancelUrl: string | null;
  readonly surplus: Surplus | null; // more came than the order takes, and somebody has yet to decide on it
  readonly version: number;
  readonly mark: string; // changes with every change of the order; the event stream sends it too
  readonly nowIso: string;
}

export const paymentStates = [
  'choose',
  'pay',
  'time_up',
  'minting',
  'unavailable',
  'confirming',
  'top_up',
  'wrong_asset',
  'looked_at',
  'paid',
  'expired',
  'failed',
  'cancelled',
  'late',
  'incomplete',
  'declined',
] as const;
export type PaymentState = (typeof paymentStates)[number];

const failedStates: Readonly<Record<FailedReason, PaymentState>> = {
  expired: 'expired',
  ipn: 'failed',
  mint_failed: 'unavailable', // nobody was too late: there was nothing to pay to
  declined: 'declined',
};

/** The one thing that the page says. */
export function paymentState(view: PaymentPageView): PaymentState {
  switch (view.status) {
    case 'pending':
      return pendingState(view);
    case 'confirming':
      return view.nextAction === 'contact_support' ? 'looked_at' : 'confirming'; // seen, and no end that comes by itself
    case 'partial':
      return partialState(view);
    case 'paid':
      return 'paid';
    case 'failed':
      if (view.hasLateMoney) return 'late';
      if (view.hasEarlierMoney && view.failedReason !== 'declined') return 'incomplete';
      return failedStates[view.failedReason ?? 'ipn'];
    case 'cancelled':
      return view.hasLateMoney ? 'late' : 'cancelled';
  }
}

function partialState({ isAddressWithheld, isWrongAsset, nextAction }: PaymentPageView): PaymentState {
  if (isWrongAsset) return 'wrong_asset';
  if (isAddressWithheld) return 'unavailable';
  if (nextAction === 'wait') return 'confirming';
  return nextAction === 'top_up' ? 'top_up' : 'looked_at';
}

function pendingState(view: PaymentPageView): PaymentState {
  const { pay, provider, nextAction, isAddressWithheld, expiresAt, nowIso } = view;
  if (provider === 'stub' || isAddressWithheld) return 'unavailable';
  if (nextAction === 'contact_support') return 'looked_at'; // coins came that fit no price
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(nowIso)) return 'time_up';
  if (view.choice !== null) return 'choose';
  return pay ? 'pay' : 'minting';
}

/** Seconds until a page without script looks again; null when nothing more is expected. */
export function refreshSeconds(state: PaymentState): number | null {
  switch (state) {
    case 'minting':
    case 'time_up':
      return 5;
    case 'choose':
    case 'pay':
    case 'confirming':
    case 'top_up':
      return 20;
    case 'wrong_asset':
    case 'looked_at':
    case 'late':
    case 'incomplete':
    case 'declined':
    case 'unavailable':
    case 'expired':
    case 'failed':
    case 'cancelled':
      return 120;
    case 'paid':
      return null;
  }
}
