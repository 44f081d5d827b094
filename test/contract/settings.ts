import type { DevFile } from '../../scripts/dev/dev-file.js';
import type { Scene } from './scene.js';
import type { TwoPersons } from './two-persons.js';

/** Which ids a route is given in half of its calls; in the others, what the document allows and what it does not. */
const known: readonly { readonly path: string; readonly parameter: string; readonly from: keyof Scene }[] = [
  { path: '^/v1/billing/crypto-orders/\\{order_id\\}$', parameter: 'path.order_id', from: 'paid' },
  { path: '^/v1/billing/crypto-orders/\\{order_id\\}/cancel$', parameter: 'path.order_id', from: 'pending' },
  { path: '^/v1/billing/crypto-orders/\\{order_id\\}/coin$', parameter: 'path.order_id', from: 'unchosen' },
  { path: '^/v1/test/orders/\\{order_id\\}/advance$', parameter: 'path.order_id', from: 'timed' },
  { path: '^/v1/billing/crypto-orders/\\{order_id\\}/receipt', parameter: 'path.order_id', from: 'paid' },
  { path: '^/v1/webhooks/\\{id\\}/(test|rotate-secret)$', parameter: 'path.id', from: 'pinged' },
  { path: '^/v1/webhooks/\\{id\\}/(deliveries|replay)$', parameter: 'path.id', from: 'endpoints' },
  { path: '^/v1/(admin/)?webhook-deliveries/\\{id\\}', parameter: 'path.id', from: 'delivered' },
  { path: '^/v1/admin/webhook-dlq/\\{id\\}/requeue$', parameter: 'path.id', from: 'dead' },
  { path: '^/v1/admin/webhook-dlq/\\{id\\}/discard$', parameter: 'path.id', from: 'discardable' },
  { path: '^/v1/admin/crypto-orders/\\{id\\}(/events|/internal-note)?$', parameter: 'path.id', from: 'paid' },
  { path: '^/v1/admin/crypto-orders/\\{id\\}/apply-ipn$', parameter: 'path.id', from: 'testOrders' },
  { path: '^/v1/admin/support-cases/\\{id\\}', parameter: 'path.id', from: 'cases' },
  { path: '^/v1/admin/accounts/\\{id\\}', parameter: 'path.id', from: 'accounts' },
  { path: '^/v1/admin/api-keys/\\{id\\}$', parameter: 'path.id', from: 'keys' },
  { path: '^/v1/admin/approvals/\\{id\\}/approve$', parameter: 'path.id', from: 'agreeable' },
  { path: '^/v1/admin/approvals/\\{id\\}/decline$', parameter: 'path.id', from: 'refusable' },
];

export interface Stage {
  readonly scene: Scene;
  readonly persons: TwoPersons;
}

/** schemathesis.toml. Texts of JSON are texts of TOML, and so are lists of them. */
export function settingsFor(dev: DevFile, seed: number, { scene, persons }: Stage): string {
  const text = (value: unknown) => JSON.stringify(value);
  const bearer = (key: string) => `headers = { Authorization = ${text(`Bearer ${key}`)} }`;
  const dictionaries = Object.entries(scene).map(([name, ids]) => `[dictionaries.${name}]\nvalues = ${text(ids)}`);
  const ids = (from: string) => `{ dictionary = ${text(from)}, probability = 0.6 }`;
  const bound = known.map(
    ({ path, parameter, from }) =>
      `[[operations]]\ninclude-path-regex = ${text(path)}\nparameters = { ${text(parameter)} = ${ids(from)} }`,
  );
  return [
    `seed = ${seed}`,
    bearer(dev.api_key),
    ...dictionaries,
    // The first that fits counts.
    `[[operations]]\ninclude-path-regex = "^/v1/test/"\n${bearer(dev.test_key)}`,
    `[[operations]]\ninclude-path-regex = "^/v1/admin/approvals/"\n${bearer(persons.decider)}`,
    `[[operations]]\ninclude-path-regex = "^/v1/admin/"\n${bearer(persons.proposer)}`,
    ...bound,
    // One endpoint that is deleted is gone for the rest of the run.
    `[[operations]]\ninclude-path-regex = "^/v1/webhooks/\\\\{id\\\\}$"\ninclude-method = ["GET", "PATCH"]\nparameters = { "path.id" = ${ids('endpoints')} }`,
    `[[operations]]\ninclude-path-regex = "^/v1/webhooks/\\\\{id\\\\}$"\ninclude-method = "DELETE"\nparameters = { "path.id" = ${ids('spentEndpoints')} }`,
    '',
  ].join('\n\n');
}
