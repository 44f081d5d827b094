declare const tag: unique symbol;
type Tagged<Name extends string> = string & { readonly [tag]: Name };

export type OrderId = Tagged<'OrderId'>;
export type AccountId = Tagged<'AccountId'>; // bare uuid; `acc_<uuid>` outside
export type PaymentId = Tagged<'PaymentId'>; // the provider's, decimal digits

/** Test and live never mix: every row of a merchant belongs to (account, mode). */
export const modes = ['live', 'test'] as const;
export type Mode = (typeof modes)[number];

const orderIdShape = /^ord_[0-9a-f]{12}$/;
const paymentIdShape = /^[1-9]\d{0,31}$/;
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isOrderId(text: string): text is OrderId {
  return orderIdShape.test(text);
}

export function isPaymentId(text: string): text is PaymentId {
  return paymentIdShape.test(text);
}

export function isUuid(text: string): boolean {
  return uuidShape.test(text);
}

const prefixes = {
  account: 'acc_',
  endpoint: 'whk_',
  delivery: 'wdl_',
  case: 'case_',
  run: 'run_',
  key: 'key_',
  approval: 'apr_',
} as const;
export type IdKind = keyof typeof prefixes;

/** `acc_<uuid>` and its kin, as merchants and operators see them. */
export function publicId(kind: IdKind, uuid: string): string {
  return prefixes[kind] + uuid;
}

/** The uuid inside a public id, or null when the prefix or the shape is another. */
export function uuidOf(kind: IdKind, id: string): string | null {
  const uuid = id.slice(prefixes[kind].length).toLowerCase();
  return id.startsWith(prefixes[kind]) && isUuid(uuid) ? uuid : null;
}

/** The form to name in an error: `whk_<uuid>`. */
export function idForm(kind: IdKind): string {
  return `${prefixes[kind]}<uuid>`;
}
