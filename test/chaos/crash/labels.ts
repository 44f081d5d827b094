/** A door of ours, as it can be told from outside: a statement, a commit, a call, an answer. */
export interface Label {
  readonly name: string;
  readonly process: 'api' | 'worker';
  readonly door:
    | { readonly kind: 'statement'; readonly text: RegExp }
    | { readonly kind: 'commit'; readonly of: RegExp } // of a transaction with such a statement in it
    | { readonly kind: 'sent'; readonly path: RegExp } // a POST to others leaves; after: they have done it
    | { readonly kind: 'heard'; readonly path: RegExp } // its answer comes
    | { readonly kind: 'answer'; readonly path: RegExp }; // to a POST of others
}

const ipnDoor = /^\/v1\/webhooks\/nowpayments/;
const receivers = /^\/(?:steady|faulty)\//;
const entitlement = /insert into entitlements/;
const binding = /update orders o set payment_id = \$2, pay_currency/;

/** Every one is tried before and after: one that no process ever passes makes the run red. */
export const labels: readonly Label[] = [
  { name: 'checkout.inserted', process: 'api', door: { kind: 'statement', text: /insert into orders as o/ } },
  { name: 'checkout.answered', process: 'api', door: { kind: 'answer', path: /^\/v1\/billing\/crypto-checkout/ } },
  { name: 'ipn.stored', process: 'api', door: { kind: 'statement', text: /insert into provider_events/ } },
  { name: 'ipn.answered', process: 'api', door: { kind: 'answer', path: ipnDoor } },
  {
    name: 'ipn.relayed',
    process: 'api',
    door: { kind: 'statement', text: /set relay_attempts = case when (?:e\.)?relayed_at/ },
  },
  { name: 'mint.intended', process: 'worker', door: { kind: 'statement', text: /insert into mint_intents/ } },
  { name: 'mint.sent', process: 'worker', door: { kind: 'sent', path: /\/v1\/payment$/ } },
  { name: 'mint.answered', process: 'worker', door: { kind: 'heard', path: /\/v1\/payment$/ } },
  { name: 'order.bound', process: 'worker', door: { kind: 'statement', text: binding } },
  { name: 'settle.granted', process: 'worker', door: { kind: 'statement', text: entitlement } },
  { name: 'settle.committed', process: 'worker', door: { kind: 'commit', of: entitlement } },
  { name: 'deliver.sent', process: 'worker', door: { kind: 'sent', path: receivers } },
  { name: 'deliver.answered', process: 'worker', door: { kind: 'heard', path: receivers } },
  { name: 'deliver.recorded', process: 'worker', door: { kind: 'statement', text: /insert into delivery_attempts/ } },
];

/** The doors that an order passes whatever becomes of it, as it passes them: of these, two at a time. */
export const mainEight: readonly Label[] = [
  'checkout.inserted',
  'mint.intended',
  'mint.sent',
  'mint.answered',
  'order.bound',
  'ipn.stored',
  'settle.committed',
  'deliver.answered',
].flatMap((name) => labels.filter((label) => label.name === name));

export const sides = ['before', 'after'] as const;
export type Side = (typeof sides)[number];

export interface Point {
  readonly label: Label;
  readonly side: Side;
}

export const pointOf = ({ label, side }: Point): string => `${label.name}:${side}`;
