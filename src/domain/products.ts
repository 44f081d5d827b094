/** What is sold, with its list price in minor units per currency, in the order of the list. */
export interface Product {
  readonly id: string;
  readonly prices: Readonly<Record<string, number>>;
}

export const defaultProducts: readonly Product[] = [
  { id: 'solo_manual', prices: { USD: 7900, EUR: 7900 } },
  { id: 'team_manual', prices: { USD: 24900, EUR: 24900 } },
  { id: 'agency_manual', prices: { USD: 69900, EUR: 69900 } },
  { id: 'api_starter', prices: { USD: 14900, EUR: 14900 } },
  { id: 'api_builder', prices: { USD: 49900, EUR: 49900 } },
  { id: 'api_scale', prices: { USD: 149900, EUR: 149900 } },
];

/** How long a paid order entitles, from `paid_at`. */
export const entitlementDays = 31;

/** The list price in minor units, or null when the product or the currency is not listed. */
export function listPrice(products: readonly Product[], id: string, currency: string): number | null {
  return products.find((product) => product.id === id)?.prices[currency] ?? null;
}
