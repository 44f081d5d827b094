/** Why nobody can pay an order: what the API calls its `stub_reason`. */
export const stubReasons = [
  'no_provider', // nobody mints for its account
  'below_minimum',
  'above_maximum',
  'coin_unavailable',
  'rejected', // the provider does not take it as it is, for instance its currency
  'mint_failed', // the provider took it and gave no usable payment
] as const;
export type StubReason = (typeof stubReasons)[number];

/** The least that could be paid: decimal text, and the currency or coin that it is in. */
export interface StubMinimum {
  readonly amount: string;
  readonly currency: string;
}

/** An order that gets no address, and why. */
export interface Stub {
  readonly reason: StubReason;
  readonly minimum: StubMinimum | null; // where it is known: it is what to ask for instead
}
