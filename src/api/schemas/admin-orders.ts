import { z } from 'zod';
import { coin, orderEnvelope } from './orders.js';
import { coinText, text } from './text.js';

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
