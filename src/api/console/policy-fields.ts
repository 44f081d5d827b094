import { z } from 'zod';
import type { Policy } from '../../domain/cases/policy.js';
import { modes } from '../../domain/ids.js';
import { mostDays, policyFields } from '../schemas/policies.js';
import { formBasics, numberOrNothing, reasonField, wordOrNothing } from './form-fields.js';

const digits = (field: z.ZodNumber) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'expected digits')
    .transform(Number)
    .pipe(field);

/** A policy as its form sends it, to be rehearsed on the orders of a mode and some days, or put in force. */
export const policyForm = z
  .object({
    ...formBasics,
    act: z.enum(['rehearse', 'put']),
    expected_version: digits(z.number()),
    tolerance_percent: wordOrNothing.pipe(policyFields.tolerance_percent.nullable()),
    tolerance_cap_cents: numberOrNothing.pipe(policyFields.tolerance_cap_cents.nullable()),
    overpaid: policyFields.overpaid,
    late_within_minutes: numberOrNothing.pipe(policyFields.late_within_minutes.nullable()),
    late_rate_band_percent: wordOrNothing.pipe(policyFields.late_rate_band_percent.nullable()),
    partial_window_minutes: numberOrNothing.pipe(policyFields.partial_window_minutes.nullable()),
    mode: z.enum(modes),
    days: digits(z.number().min(1).max(mostDays)),
    reason: reasonField,
  })
  .refine((form) => (form.late_within_minutes === null) === (form.late_rate_band_percent === null), {
    path: ['late_rate_band_percent'],
    error: 'expected both of the late money, or neither',
  });

export function policyIn(form: z.output<typeof policyForm>): Policy {
  const { late_within_minutes: withinMinutes, late_rate_band_percent: rateBandPercent } = form;
  return {
    tolerancePercent: form.tolerance_percent,
    toleranceCapCents: form.tolerance_cap_cents,
    overpaid: form.overpaid,
    late: withinMinutes === null || rateBandPercent === null ? null : { withinMinutes, rateBandPercent },
    partialWindowMinutes: form.partial_window_minutes,
  };
}
