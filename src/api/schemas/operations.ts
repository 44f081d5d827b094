import { z } from 'zod';
import { wireWords } from '../../domain/brand.js';
import { caseStatuses } from '../../domain/cases/support-case.js';
import { orderStatuses } from '../../domain/order.js';
import { receiptAnswer } from './order-answers.js';
import { caseResolution } from './support-cases.js';

/** What the reference says about a route beyond its own schema: that one is checked, this one is only read. */
export interface Operation {
  readonly id: string; // for generated clients
  readonly summary: string;
  readonly description?: string;
  readonly headers?: z.ZodType;
  readonly answers?: Readonly<Record<number, unknown>>; // where the route sends bytes, or nothing
}

/** Every error of the API. What else is in it depends on the last word of `type`. */
export const problemAnswer = z
  .object({
    type: z.string().meta({ description: `\`${wireWords.errorBase}<slug>\`` }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The request id, also in `x-request-id`.' }),
    issues: z
      .object({ formErrors: z.array(z.string()), fieldErrors: z.record(z.string(), z.array(z.string())) })
      .optional()
      .meta({ description: 'validation-failed' }),
    resource: z.string().optional().meta({ description: 'conflict' }),
    field: z.string().optional().meta({ description: 'conflict' }),
    limit: z.number().int().optional().meta({ description: 'conflict with a limit' }),
    case_status: z.enum(caseStatuses).optional().meta({ description: 'conflict about a case' }),
    order_status: z.enum(orderStatuses).nullable().optional().meta({ description: 'conflict about a case' }),
    resolution: caseResolution.optional().meta({ description: 'conflict about a case' }),
    order_id: z.string().optional().meta({ description: 'idempotency-mismatch' }),
    retry_after_seconds: z.number().int().optional().meta({ description: 'rate-limited' }),
  })
  .meta({ id: 'Problem' });

const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: 'One per purchase: 1 to 255 visible ASCII characters. It lives as long as the order.' }),
});

const bytes = (type: string, format: string) => ({
  200: { content: { [type]: { schema: z.string().meta({ format }) } } },
});
const nothing = { 204: z.undefined() };
const orders = '/v1/billing/crypto-orders';
const frozen = 'The same bytes for ever: `ETag` and `If-None-Match` work. 409 unless the order is paid.';

/** Cells are text that a spreadsheet leaves alone. */
export const csvCells =
  'An apostrophe stands before what a spreadsheet would take for a formula, and before ids of more than 15 digits.';

export const operations: Readonly<Record<string, Operation>> = {
  'POST /v1/billing/crypto-checkout': {
    id: 'createCheckout',
    summary: 'Place an order and get its payment address',
    description:
      'Answers 201 for a new order and for a replay, which carries `Idempotent-Replayed: 1`. Where the address is still ' +
      'being made, it is null and `Retry-After` says when to repeat the call with the same key. A replay with another ' +
      `body answers the original order and \`${wireWords.header('idempotency-mismatch')}: 1\`; in strict accounts, 422.`,
    headers: idempotencyKey,
  },
  'POST /v1/billing/crypto-checkout/quote': {
    id: 'quote',
    summary: 'The list price of a product',
    description: 'Keeps no state. USD when no currency is given.',
  },
  'GET /v1/billing/coins': {
    id: 'listCoins',
    summary: 'The coins a price can be paid in',
    description:
      'Those that your account takes. Figures are estimates, and null where they are not known now; of more than 40 coins ' +
      'the rest come without. 503 while the list cannot be had.',
  },
  [`GET ${orders}`]: {
    id: 'listOrders',
    summary: 'List orders, newest first',
    description:
      'All filters must hold. `next_cursor` is null on the last page; a cursor belongs to the filters it came with. With ' +
      '`updated_after`, the order is by `updated_at`, oldest first.',
  },
  [`GET ${orders}/:order_id`]: { id: 'getOrder', summary: 'Read one order' },
  [`PATCH ${orders}/:order_id`]: {
    id: 'updateNote',
    summary: 'Write or clear the note of an order',
    description: 'In any state. Null or empty clears it.',
  },
  [`POST ${orders}/:order_id/cancel`]: {
    id: 'cancelOrder',
    summary: 'Cancel a pending order',
    description: 'Takes no body. 409 in any other state.',
  },
  [`POST ${orders}/:order_id/coin`]: {
    id: 'chooseCoin',
    summary: 'Name the coin of an order whose payer chooses',
    description:
      'For a page of your own; the payment page asks by itself. The answer has the address, or none yet. Another coin may be ' +
      'named until coins are seen, five in all; each address that was shown stays watched. 409 once no coin can be named.',
  },
  [`GET ${orders}/:order_id/receipt`]: {
    id: 'getReceipt',
    summary: 'The receipt as JSON',
    description: frozen,
    answers: { 200: receiptAnswer },
  },
  'GET /v1/billing/receipts.csv': {
    id: 'exportReceipts',
    summary: 'The receipts of a month as CSV',
    description: `Of the mode of the key, by when they were issued, in UTC; streamed. ${csvCells}`,
    answers: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  },
  'GET /v1/billing/movements.csv': {
    id: 'exportMovements',
    summary: 'What arrived in a month as CSV',
    description: `Every transfer of coins for your orders, by when it was first seen, in UTC; streamed. ${csvCells}`,
    answers: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  },
  [`GET ${orders}/:order_id/receipt.txt`]: {
    id: 'getReceiptText',
    summary: 'The receipt as text',
    description: frozen,
    answers: bytes('text/plain', 'text'),
  },
  [`GET ${orders}/:order_id/receipt.pdf`]: {
    id: 'getReceiptPdf',
    summary: 'The receipt as PDF',
    description: frozen,
    answers: bytes('application/pdf', 'binary'),
  },
  'POST /v1/webhooks': {
    id: 'createWebhook',
    summary: 'Register an endpoint',
    description: 'The answer holds the secret, once. At most 10 endpoints, paused ones counted: 409.',
  },
  'GET /v1/webhooks': { id: 'listWebhooks', summary: 'List endpoints, newest first' },
  'GET /v1/webhooks/:id': { id: 'getWebhook', summary: 'Read an endpoint, deleted ones too' },
  'PATCH /v1/webhooks/:id': {
    id: 'updateWebhook',
    summary: 'Change, pause or resume an endpoint',
    description:
      'At least one field. `active: false` lets deliveries wait; `active: true` also re-enables a disabled one.',
  },
  'DELETE /v1/webhooks/:id': {
    id: 'deleteWebhook',
    summary: 'Delete an endpoint for good',
    description: 'Again: 204 again. What waited for it becomes a dead letter.',
    answers: nothing,
  },
  'POST /v1/webhooks/:id/rotate-secret': {
    id: 'rotateSecret',
    summary: 'Give an endpoint a new secret',
    description: 'Old and new one sign for 24 hours. The new one is shown once.',
  },
  'POST /v1/webhooks/:id/test': {
    id: 'sendTest',
    summary: 'Send a `test.ping`',
    description: 'At most 10 a minute per endpoint: 429.',
  },
  'GET /v1/webhooks/:id/deliveries': { id: 'listDeliveries', summary: 'The delivery log of an endpoint, newest first' },
  'POST /v1/webhooks/:id/replay': {
    id: 'replayWindow',
    summary: 'Send again what an endpoint missed in a span of time',
    description: 'Dead letters unless `status` says otherwise; until now unless `until` says otherwise.',
  },
  'POST /v1/webhook-deliveries/:id/replay': {
    id: 'replayDelivery',
    summary: 'Send one delivery again',
    description: 'With the same event id and the same bytes. 409 while it is in flight.',
  },
  'GET /v1/webhook-events': {
    id: 'listWebhookEvents',
    summary: 'What was told, oldest first, whoever subscribed to it',
    description: 'An event may be seen a moment after its instant: look back a minute, and count each `id` once.',
  },
  'POST /v1/webhooks/nowpayments': {
    id: 'receiveIpn',
    summary: 'The provider reports a payment',
    description:
      'Not for merchants. No key: the body is signed in `x-nowpayments-sig`. Answers once the notification is stored; what ' +
      'follows from it happens after the answer.',
  },
  'POST /v1/webhooks/nowpayments/:account_id': {
    id: 'receiveAccountIpn',
    summary: "The provider reports a payment of an account's own credentials",
    description: "As above, signed with that account's secret.",
  },
  'GET /healthz': { id: 'health', summary: 'Whether the process is alive' },
  'GET /readyz': { id: 'readiness', summary: 'Whether database and Temporal answer' },
};
