/** Something that an account sells. */
export interface Product {
  /** 1 to 64 of a to z, 0 to 9 and `_`. */
  id: string;
  /** As payers read it, by language: `{ en: 'Team manual' }`. */
  names: Record<string, string>;
  /** Minor units by currency: `{ USD: 24900 }`. */
  prices: Record<string, number>;
}

export interface ProductList {
  products: Product[];
  /** False: the account lists nothing itself, and sells what the installation lists. */
  is_own: boolean;
}

export interface ReplaceProductsRequest {
  /** The whole list; an empty one: what the installation lists. */
  products: { id: string; names?: Record<string, string>; prices: Record<string, number> }[];
}
