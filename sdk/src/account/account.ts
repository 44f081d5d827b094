import type { RequestOptions } from '../orders/crypto-orders.js';
import type { Http } from '../http.js';
import type { ProductList, ReplaceProductsRequest } from './products.js';

/** How an account shows itself to payers, in the mode of the key. Null: it says nothing. */
export interface Profile {
  display_name: string | null;
  /** `#rrggbb`. */
  accent_colour: string | null;
  /** A mail address, or an https URL. */
  support_address: string | null;
  legal_name: string | null;
  postal_address: string | null;
  tax_id: string | null;
  receipt_footer: string | null;
  logo_url: string | null;
  livemode: boolean;
}

/** What is named is said from now on, the rest stays; null takes it back. */
export interface UpdateProfileRequest {
  display_name?: string | null;
  /** A PNG in base64: at most 32 KB, 16 to 1024 pixels a side. */
  logo_png?: string | null;
  /** `#rrggbb`, dark enough to be read on white. */
  accent_colour?: string | null;
  support_address?: string | null;
  legal_name?: string | null;
  postal_address?: string | null;
  tax_id?: string | null;
  receipt_footer?: string | null;
}

export class Account {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  profile({ signal }: RequestOptions = {}): Promise<Profile> {
    return this.#http.json({ method: 'GET', path: '/v1/account/profile', signal });
  }

  updateProfile(body: UpdateProfileRequest, { signal }: RequestOptions = {}): Promise<Profile> {
    return this.#http.json({ method: 'PATCH', path: '/v1/account/profile', body, signal });
  }

  products({ signal }: RequestOptions = {}): Promise<ProductList> {
    return this.#http.json({ method: 'GET', path: '/v1/account/products', signal });
  }

  /** Puts another list in the place of the one of now, for live and test orders; takes a live key. */
  replaceProducts(body: ReplaceProductsRequest, { signal }: RequestOptions = {}): Promise<ProductList> {
    return this.#http.json({ method: 'PUT', path: '/v1/account/products', body, signal });
  }
}
