import { z } from 'zod';
import { orderStatuses } from '../../domain/order.js';
import { caseActions, caseKinds, caseStatuses } from '../../domain/cases/support-case.js';
import { paymentRoles } from '../../domain/payments/deposits.js';
import { cursorText, pageLimit, text } from './text.js';

export const caseQuery = z.object({
  limit: pageLimit(200, 50),
  status: z.enum(caseStatuses).optional(),
  kind: z.enum(caseKinds).optional(),
  account_id: text(1, 100).optional(),
  order_id: text(1, 100).optional(),
  livemode: z.enum(['true', 'false']).optional(),
  cursor: cursorText,
});

export const resolveBody = z.object({
  action: z.enum(caseActions),
  reason: text(1, 500).refine((words) => words.trim() !== '', 'expected words, not blanks'),
  decision_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, 'expected 1 to 100 visible ASCII characters')
    .optional(),
});

const time = z.string().nullable();

const payment = z.object({
  payment_id: z.string(),
  parent_payment_id: z.string().nullable(),
  role: z.enum(paymentRoles),
  provider_status: z.string(),
  coin: z.string().nullable(),
  arrived: z.string(),
  applied: z.string(),
  excess: z.string(),
  unapplied: z.string(),
  late_at: time,
  late_quote: z.string().nullable(), // what the price cost in this coin when it came too late
  read_at: z.string(),
});

const ipn = z.object({
  id: z.string(),
  payment_id: z.string().nullable(),
  payment_status: z.string().nullable(),
  actually_paid: z.string().nullable(),
  pay_currency: z.string().nullable(),
  form: z.enum(['A', 'B', 'C']),
  received_at: z.string(),
  outcome: z.string().nullable(),
});

const lapse = z.string().meta({ description: 'A proposal that nobody has approved by then lapses.' });

export const caseResolution = z
  .object({
    action: z.string(),
    reason: z.string(),
    actor: z.string(),
    approved_by: z.string().nullable(),
    at: z.string(),
  })
  .nullable();

export const caseAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(caseKinds),
    status: z.enum(caseStatuses),
    account_id: z.string().nullable(),
    order_id: z.string().nullable(),
    payment_id: z.string().nullable(),
    actually_paid: z.string().nullable(),
    pay_currency: z.string().nullable(),
    opened_at: z.string(),
    escalated_at: time,
    resolution: caseResolution,
    livemode: z.boolean(),
    deadline_at: z.string(),
    order_status: z.enum(orderStatuses).nullable(),
    fiat_value: z.object({ cents: z.number().int(), text: z.string(), currency: z.string() }).nullable(),
    allowed_actions: z.array(z.enum(caseActions)),
    proposal: z.object({ actor: z.string(), reason: z.string(), at: z.string(), expires_at: lapse }).nullable(),
    evidence: z.object({
      facts: z.array(z.record(z.string(), z.unknown())),
      payments: z.array(payment),
      ipns: z.array(ipn),
    }),
  })
  .meta({ id: 'SupportCase' });
export type CaseAnswer = z.output<typeof caseAnswer>;

export const caseList = z.object({ cases: z.array(caseAnswer), next_cursor: z.string().nullable() });
