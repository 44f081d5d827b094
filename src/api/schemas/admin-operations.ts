import type { Operation } from './operations.js';

const body = 'The body may be left out, or hold a `reason`.';

/** What the reference says about the administrators' routes. */
export const adminOperations: Readonly<Record<string, Operation>> = {
  'POST /v1/admin/crypto-orders/:id/apply-ipn': {
    id: 'applyIpn',
    summary: 'Play an IPN to a test order',
    description:
      'For confidence tests: a `ds_test_` key with `write` may do it to its own orders, an operator to any test order. It ' +
      'counts as the word of support and never as evidence of coins.',
  },
  'GET /v1/admin/webhook-deliveries/:id': { id: 'adminGetDelivery', summary: 'Read any delivery' },
  'POST /v1/admin/webhook-deliveries/:id/replay': {
    id: 'adminReplayDelivery',
    summary: 'Send any delivery again',
    description: body,
  },
  'GET /v1/admin/webhook-dlq': { id: 'listDeadLetters', summary: 'List dead letters, the latest first' },
  'POST /v1/admin/webhook-dlq/:id/requeue': {
    id: 'requeueDeadLetter',
    summary: 'Send a dead letter again',
    description: body,
  },
  'POST /v1/admin/webhook-dlq/:id/discard': {
    id: 'discardDeadLetter',
    summary: 'Strike a dead letter off the list',
    description: body,
  },
  'GET /v1/admin/support-cases': { id: 'listSupportCases', summary: 'List support cases, the latest first' },
  'GET /v1/admin/support-cases/:id': { id: 'getSupportCase', summary: 'Read a support case with its evidence' },
  'POST /v1/admin/support-cases/:id/resolve': {
    id: 'resolveSupportCase',
    summary: 'Honour, decline or annotate a support case',
    description:
      'Answers 202 while an honour above the four-eyes amount waits for a second person, who repeats the call with a key of ' +
      'their own. 409 when the order has moved on.',
  },
};
