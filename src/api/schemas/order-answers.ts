import { z } from 'zod';
import { nextActions } from '../../domain/next-action.js';
import { eventSources, orderStatuses } from '../../domain/order.js';
import { stubReasons } from '../../domain/stub.js';

const nextAction = z.enum(nextActions);

/** What a payer needs; null when there is nothing to pay. */
const payFields = {
  payment_address: z.string().nullable(),
  pay_currency: z.string().nullable(),
  pay_amount: z.number().nullable(),
  pay_amount_text: z.string().nullable(),
  pay_extra_id: z.string().nullable(),
  network: z.string().nullable(),
};

/** Why an order has no address and gets none; null when it may. */
const stubFields = {
  stub_reason: z.enum(stubReasons).nullable(),
  stub_minimum: z.string().nullable(),
  stub_minimum_currency: z.string().nullable(),
};

export const checkoutAnswer = z
  .object({
    order_id: z.string(),
    product: z.string(),
    price_cents: z.number().int(),
    price_currency: z.string(),
    status: z.enum(orderStatuses),
    provider: z.enum(['nowpayments', 'stub']),
    ...payFields,
    created_at: z.string(),
    expires_at: z.string().nullable(),
    ...stubFields,
    payment_url: z.string(),
    is_final: z.boolean(),
    next_action: nextAction,
  })
  .meta({ id: 'Checkout' });

/** What was to be paid and what has come, in the coin of the order. */
export const moneySummary = z.object({
  pay_currency: z.string().nullable(),
  network: z.string().nullable(),
  owed: z.string().nullable(),
  arrived: z.string(),
  missing: z.string().nullable(),
  excess: z.string().nullable(),
});

const money = moneySummary.extend({
  deposits: z.array(
    z.object({
      payment_id: z.string(),
      provider_status: z.string(),
      pay_currency: z.string().nullable(),
      arrived: z.string(),
      applied: z.string(),
      excess: z.string(),
      unapplied: z.string(),
      transaction_hash: z.string().nullable(),
      at: z.string(),
    }),
  ),
});

export const orderEnvelope = z
  .object({
    order_id: z.string(),
    product: z.string(),
    price_cents: z.number().int(),
    price_currency: z.string(),
    payment_id: z.string().nullable(),
    status: z.enum(orderStatuses),
    customer_note: z.string().nullable(),
    events: z.array(z.object({ status: z.enum(orderStatuses), at: z.string(), source: z.enum(eventSources) })),
    expires_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    paid_at: z.string().nullable(),
    is_final: z.boolean(),
    next_action: nextAction,
    late_payments: z.array(
      z.object({
        payment_id: z.string(),
        provider_status: z.string(),
        actually_paid: z.string().meta({ description: 'Decimal text, in the `pay_currency` beside it.' }),
        pay_currency: z.string().nullable(),
        at: z.string(),
      }),
    ),
    customer_reference: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    description: z.string().nullable(),
    version: z.number().int(),
    ...payFields,
    actually_paid: z.string().nullable(),
    amount_due: z.string().nullable(),
    top_up_amount: z.string().nullable(),
    ...stubFields,
    payment_url: z.string(),
    money,
  })
  .meta({ id: 'Order' });
export type OrderEnvelope = z.output<typeof orderEnvelope>;

export const orderList = z.object({ orders: z.array(orderEnvelope), next_cursor: z.string().nullable() });

/** Frozen when the order was paid; the fields in this order. */
export const receiptAnswer = z
  .object({
    order_id: z.string(),
    issued_at: z.string(),
    status: z.literal('paid'),
    product: z.string(),
    price_cents: z.number().int(),
    price_currency: z.string(),
    payment_id: z.string().nullable(),
    paid_at: z.string(),
    created_at: z.string(),
    accepted: z
      .object({
        by: z.enum(['support', 'policy']),
        received: z.array(z.object({ amount: z.string(), currency: z.string() })),
        owed: z.object({ amount: z.string(), currency: z.string() }).optional(),
      })
      .optional()
      .meta({ description: 'Only where somebody took less than the price, or another coin, for the whole of it.' }),
    seller: z
      .object({
        name: z.string(),
        postal_address: z.string().optional(),
        tax_id: z.string().optional(),
        footer: z.string().optional(),
      })
      .optional()
      .meta({ description: "As the account's profile said when the order was paid." }),
    customer_reference: z.string().optional(),
    description: z.string().optional(),
    paid_with: z
      .object({
        currency: z.string(),
        network: z.string().optional(),
        owed: z.string(),
        received: z.string(),
        waived: z.string().optional(),
        excess: z.string().optional(),
        rate: z.string().meta({ description: "Coins for one major unit of the price's currency." }),
      })
      .optional(),
    deposits: z
      .array(
        z.object({
          payment_id: z.string(),
          currency: z.string(),
          network: z.string().optional(),
          amount: z.string(),
          transaction_hash: z.string().optional(),
          at: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'The transfers that pay the order.' }),
  })
  .meta({ id: 'Receipt' });
