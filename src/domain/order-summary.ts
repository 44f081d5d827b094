import { priceText } from './currency.js';

export interface SummarisedOrder {
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly requestedCoin: string | null; // null: its payer chooses
}

/** One line for the operator's list: `team_manual · 49.00 USD · USDT-TRC20`. Nothing personal in it. */
export function orderSummary(order: SummarisedOrder): string {
  const price = priceText({ cents: order.priceCents, currency: order.priceCurrency });
  const coin = order.requestedCoin?.toUpperCase().replace(/^(USD[TC])(?=.)/, '$1-'); // the network after the token
  return `${order.product} · ${price} ${order.priceCurrency} · ${coin ?? "the payer's choice"}`;
}
