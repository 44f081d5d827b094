import { z } from 'zod';
import { eventSources, orderStatuses } from '../../domain/order.js';
import { orderEnvelope } from './order-answers.js';
import { coin } from './orders.js';
import { coinText, createdInOrder, cursorText, instant, pageLimit, text } from './text.js';

export const reason = text(1, 500).optional();

export const adminOrder = orderEnvelope
  .extend({ account_id: z.string(), internal_note: z.string().nullable(), livemode: z.boolean() })
  .meta({ id: 'AdminOrder' });
export type AdminOrder = z.output<typeof adminOrder>;

export const orderIdParams = z.object({ id: text(1, 100) });

export const applyIpnBody = z.object({
  provider_status: text(1, 64),
  payment_id: text(1, 128),
  actually_paid: coinText.optional(),
  pay_amount: coinText.optional(),
  pay_currency: coin.optional(),
  reason,
});

const needle = z
  .string()
  .transform((given) => given.trim())
  .pipe(text(0, 200))
  .transform((given) => given || undefined); // blank: no filter

const filters = {
  account_id: text(1, 100).optional(),
  livemode: z.enum(['true', 'false']).optional(),
  status: z.enum(orderStatuses).optional(),
  search: needle.optional(),
  created_after: instant.optional(),
  created_before: instant.optional(),
};

export const adminOrdersQuery = z
  .object({
    ...filters,
    limit: pageLimit(200, 50),
    payment_id: z
      .string()
      .transform((given) => given.trim())
      .pipe(text(1, 128))
      .optional(),
    cursor: cursorText,
  })
  .refine(...createdInOrder);
export type AdminOrdersQuery = z.output<typeof adminOrdersQuery>;

export const adminCsvQuery = z.object({ ...filters, limit: pageLimit(100_000, 100_000) }).refine(...createdInOrder);

export const adminOrderList = z.object({ orders: z.array(adminOrder), next_cursor: z.string().nullable() });

export const adminOrderEvents = z.object({
  events: z.array(
    z.object({
      status: z.enum(orderStatuses),
      at: z.string(),
      source: z.enum(eventSources),
      event: z.string(),
      fact_id: z.string().nullable(),
      run_id: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const internalNoteBody = z.object({ internal_note: text(0, 2_000).nullable(), reason });

export const sweepBody = z.object({
  older_than_hours: z.number().int().min(1).max(8_760).default(24),
  limit: z.number().int().min(1).max(500).default(500),
  reason,
});

export const sweepAnswer = z.object({
  expired: z.number().int(),
  capped: z.boolean(),
  older_than_hours: z.number().int(),
});
