/** What is sold, in the order of the list. */
export interface Product {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>; // as payers read it, by language
  readonly prices: Readonly<Record<string, number>>; // minor units, by currency
}

/** The guide's. */
export const defaultProducts: readonly Product[] = [
  { id: 'solo_manual', names: {}, prices: { USD: 7900, EUR: 7900 } },
  { id: 'team_manual', names: {}, prices: { USD: 24900, EUR: 24900 } },
  { id: 'agency_manual', names: {}, prices: { USD: 69900, EUR: 69900 } },
  { id: 'api_starter', names: {}, prices: { USD: 14900, EUR: 14900 } },
  { id: 'api_builder', names: {}, prices: { USD: 49900, EUR: 49900 } },
  { id: 'api_scale', names: {}, prices: { USD: 149900, EUR: 149900 } },
];

/** How long a paid order entitles, from `paid_at`. */
export const entitlementDays = 31;

/** The list price in minor units, or null when the product or the currency is not listed. */
export function listPrice(products: readonly Product[], id: string, currency: string): number | null {
  return products.find((product) => product.id === id)?.prices[currency] ?? null;
}

/** A product's name in a language, else in English, else in any; null: it has none. */
export function productName(names: Readonly<Record<string, string>>, language: string): string | null {
  return names[language] ?? names['en'] ?? Object.values(names)[0] ?? null;
}

/** The same of a list, as operators read it; null: it has none, or is not listed any more. */
export function nameOf(id: string, products: readonly Product[]): string | null {
  return productName(products.find((product) => product.id === id)?.names ?? {}, 'en');
}
