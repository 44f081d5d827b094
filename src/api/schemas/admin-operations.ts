import { z } from 'zod';
import { wireWords } from '../../domain/brand.js';
import { csvCells, type Operation } from './operations.js';

const orders = '/v1/admin/crypto-orders';
const emptyBody = 'The body may be left out, or hold a `reason`.';
const live = 'Counts live orders unless `livemode=false`, over all rows.';

/** What the reference says about the administrators' routes. */
export const adminOperations: Readonly<Record<string, Operation>> = {
  [`GET ${orders}`]: { id: 'adminListOrders', summary: 'List and search the orders of all accounts, newest first' },
  'GET /v1/admin/receipts.csv': {
    id: 'adminExportReceipts',
    summary: 'The receipts of an account and a month as CSV',
    description: `Of both modes, or of one. ${csvCells}`,
    answers: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  },
  'GET /v1/admin/movements.csv': {
    id: 'adminExportMovements',
    summary: 'What arrived for an account in a month as CSV',
    description: `Of both modes, or of one. ${csvCells}`,
    answers: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  },
  [`GET ${orders}.csv`]: {
    id: 'exportOrders',
    summary: 'The same as CSV',
    description:
      'Streamed. An apostrophe stands before what a spreadsheet would take for a formula, also inside a cell, and before ids ' +
      'of more than 15 digits; a program takes it off. Where more orders match than ' +
      `\`limit\`, the header \`${wireWords.header('csv-truncated')}: 1\` says so.`,
    answers: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  },
  [`GET ${orders}/stats`]: { id: 'orderStats', summary: 'Orders by status, revenue, time to paid', description: live },
  [`GET ${orders}/daily`]: {
    id: 'ordersByDay',
    summary: 'Orders by day of creation and status',
    description: `Today and the days before it, in UTC. ${live}`,
  },
  [`GET ${orders}/pending-age`]: {
    id: 'pendingAge',
    summary: 'How long pending orders have waited',
    description: live,
  },
  [`GET ${orders}/idempotency-metrics`]: {
    id: 'idempotencyMetrics',
    summary: 'First writes, replays and replays with another body, of checkouts with a key',
  },
  [`GET ${orders}/:id`]: { id: 'adminGetOrder', summary: 'Read any order' },
  [`GET ${orders}/:id/events`]: { id: 'adminGetEvents', summary: 'The timeline of an order, oldest first' },
  [`POST ${orders}/:id/apply-ipn`]: {
    id: 'applyIpn',
    summary: 'Play an IPN to a test order',
    description:
      'For confidence tests: a `ds_test_` key with `write` may do it to its own orders, an operator to any test order. It ' +
      'counts as the word of support and never as evidence of coins. A `payment_id` that is not the one of the order ' +
      'changes nothing.',
  },
  [`PATCH ${orders}/:id/internal-note`]: {
    id: 'writeInternalNote',
    summary: 'Write or clear the note that merchants do not see',
  },
  [`POST ${orders}/sweep-expired`]: {
    id: 'sweepExpired',
    summary: 'Hand expiry to the oldest pending orders',
    description: 'Each order decides by its own clock. `capped`: there may be more.',
  },
  'GET /v1/admin/webhook-deliveries/:id': { id: 'adminGetDelivery', summary: 'Read any delivery' },
  'POST /v1/admin/webhook-deliveries/:id/replay': {
    id: 'adminReplayDelivery',
    summary: 'Send any delivery again',
    description: emptyBody,
  },
  'GET /v1/admin/webhook-dlq': { id: 'listDeadLetters', summary: 'List dead letters, the latest first' },
  'POST /v1/admin/webhook-dlq/:id/requeue': {
    id: 'requeueDeadLetter',
    summary: 'Send a dead letter again',
    description: emptyBody,
  },
  'POST /v1/admin/webhook-dlq/:id/discard': {
    id: 'discardDeadLetter',
    summary: 'Strike a dead letter off the list',
    description: emptyBody,
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
  'GET /v1/admin/approvals': {
    id: 'listApprovals',
    summary: 'What waits for a second person',
    description: 'The oldest first.',
  },
  'POST /v1/admin/approvals/:id/approve': {
    id: 'approve',
    summary: 'Agree to what another person proposed, and have it done',
    description:
      'Takes the right that doing it takes. 409 for whoever proposed it, with any of his keys; 403 for a key that belongs to no person. The body may be left out.',
  },
  'POST /v1/admin/approvals/:id/decline': {
    id: 'declineApproval',
    summary: 'Say no to a proposal, or take back one’s own',
    description: 'The body may be left out.',
  },
  'POST /v1/admin/reconcile': {
    id: 'startReconcile',
    summary: 'Start a reconcile run now',
    description:
      '`dry_run` only looks. `lost_since`, after a restore, is the time of the backup: each payment with coins that the ' +
      'provider lists since then for an order that is gone becomes a case. 409 while a run is under way.',
  },
  'GET /v1/admin/reconcile-runs': {
    id: 'listReconcileRuns',
    summary: 'What reconcile runs examined and repaired',
    description:
      '`failed` counts rows that could not be repaired; `outcome` is `failed` when the run, or a step of it, ended early. ' +
      '`failures` has the first of both.',
  },
  'GET /v1/admin/audit-log': { id: 'listAuditLog', summary: 'Who changed what, and why, the latest first' },
  'POST /v1/admin/accounts': { id: 'createAccount', summary: 'Create an account' },
  'GET /v1/admin/accounts': { id: 'listAccounts', summary: 'List accounts' },
  'GET /v1/admin/accounts/:id': { id: 'getAccount', summary: 'Read an account' },
  'PATCH /v1/admin/accounts/:id': { id: 'updateAccount', summary: 'Change the name or the settings of an account' },
  'PUT /v1/admin/accounts/:id/provider-credentials': {
    id: 'putProviderCredentials',
    summary: "Give an account the provider's credentials of its own",
    description: 'Never readable again. The pair before it stays for the payments that it made.',
    answers: { 204: z.undefined() },
  },
  'GET /v1/admin/accounts/:id/policy': {
    id: 'getAccountPolicy',
    summary: 'How an account wants unusual money judged, with every version',
  },
  'PUT /v1/admin/accounts/:id/policy': {
    id: 'putAccountPolicy',
    summary: 'Put a new version of the policy in force',
    description:
      'The whole policy: what is not named is left to the installation. 409 when `expected_version` is not in force.',
  },
  'POST /v1/admin/accounts/:id/policy/dry-run': {
    id: 'rehearseAccountPolicy',
    summary: 'What a policy would have made of past orders',
    description: 'Compares it with the policy in force on the orders of the last `days`. Changes nothing.',
  },
  'POST /v1/admin/api-keys': { id: 'createApiKey', summary: 'Create an API key', description: 'It is shown once.' },
  'GET /v1/admin/api-keys': { id: 'listApiKeys', summary: 'List API keys by their prefixes' },
  'DELETE /v1/admin/api-keys/:id': {
    id: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Within a second, everywhere.',
    answers: { 204: z.undefined() },
  },
};
