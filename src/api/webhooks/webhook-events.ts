import { z } from 'zod';
import { wireWords } from '../../domain/brand.js';
import { nextActions } from '../../domain/next-action.js';
import { failedReasons } from '../../domain/failed-reason.js';
import { orderStatuses } from '../../domain/order.js';
import type { deliveredTypes } from '../../domain/outgoing-event.js';
import { moneySummary, orderEnvelope } from '../schemas/order-answers.js';

const wholeOrder = orderEnvelope
  .optional()
  .meta({ description: "The order's envelope as of the event, where `payload` of the endpoint is `full`." });

const order = z.object({
  order_id: z.string(),
  product: z.string(),
  price_cents: z.number().int(),
  price_currency: z.string(),
  payment_id: z.string().nullable(),
  status: z.enum(orderStatuses),
  customer_reference: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  version: z.number().int().meta({ description: 'Events may overtake each other: the higher version is newer.' }),
  at: z.string().meta({ description: 'When it happened.' }),
  money: moneySummary,
  order: wholeOrder,
});

const ownCoin = { description: 'Decimal text, in the `pay_currency` beside it.' };
const deposit = { payment_id: z.string(), actually_paid: z.string().meta(ownCoin), at: z.string() };
const late = z.object({ ...deposit, provider_status: z.string(), pay_currency: z.string().nullable() });

const aboutCase = {
  kind: z.string().meta({ description: 'There may be more kinds one day.' }),
  payment_id: z.string().nullable(),
  actually_paid: z.string().nullable().meta(ownCoin),
  pay_currency: z.string().nullable(),
  opened_at: z.string(),
};
const ofCase = order.extend({
  case: z.object({
    id: z.string(),
    ...aboutCase,
    resolved_at: z.string().nullable(),
    resolution: z.string().nullable(),
  }),
});

/** The `data` of what merchants are sent, by its type; a test holds them to what is sent. */
export const eventDataSchemas: Readonly<Record<(typeof deliveredTypes)[number], z.ZodObject>> = {
  'crypto.order.paid': order.extend({ paid_at: z.string().meta({ description: 'When it was paid.' }) }),
  'crypto.order.failed': order.extend({ reason: z.enum(failedReasons), failed_at: z.string() }),
  'crypto.order.confirming': order,
  'crypto.order.partial': order.extend({
    reason: z.enum(['underpaid', 'wrong_asset']),
    next_action: z.enum(nextActions),
    pay_currency: z.string().nullable(),
    pay_amount_text: z.string().nullable(),
    actually_paid: z.string(),
    amount_due: z.string(),
  }),
  'crypto.order.cancelled': order,
  'crypto.order.refunded': order,
  'crypto.order.late_payment': order.extend({ late_payments: z.array(late) }),
  'crypto.order.overpaid': order.extend({
    case_id: z.string(),
    pay_currency: z.string().nullable(),
    pay_amount_text: z.string().nullable(),
    actually_paid: z.string().meta(ownCoin),
    excess: z.string().meta({ description: 'What arrived beyond what was owed, in `pay_currency`.' }),
  }),
  'crypto.order.second_payment': order.extend({
    case_id: z.string(),
    second_payment: z.object({
      payment_id: z.string().nullable(),
      actually_paid: z.string().nullable().meta(ownCoin),
      pay_currency: z.string().nullable(),
    }),
  }),
  'crypto.order.case.opened': ofCase,
  'crypto.order.case.resolved': ofCase,
  'support.case.escalated': z.object({
    case_id: z.string(),
    order_id: z.string().nullable(),
    ...aboutCase,
    deadline_at: z.string(),
    escalated_at: z.string(),
    order: wholeOrder,
  }),
  'test.ping': z.object({ webhook_id: z.string() }),
};

const signatures = [wireWords.header('event-id'), wireWords.header('event-type'), wireWords.header('signature')];
const headers = [...signatures, 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** `webhooks` of OpenAPI 3.1: one call for each type of event. */
export function describedWebhooks(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(eventDataSchemas).map(([type, data]) => {
      const event = z.object({ id: z.string(), type: z.literal(type), created_at: z.string(), data });
      const { $schema: _, ...schema } = z.toJSONSchema(event, { io: 'input' });
      const post = {
        operationId: type,
        summary: `\`${type}\` is sent to an endpoint that asked for it`,
        tags: ['Webhooks'],
        security: [],
        parameters: headers.map((name) => ({ in: 'header', name, required: true, schema: { type: 'string' } })),
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: {
          '2XX': { description: 'Accepted; the body is not read.' },
          410: { description: 'Disables the endpoint.' },
        },
      };
      return [type, { post }];
    }),
  );
}
