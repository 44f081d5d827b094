import { z } from 'zod';
import { modes } from '../../domain/ids.js';
import { rehearsedOutcomes } from '../../domain/cases/policy-rehearsal.js';
import type { Policy } from '../../domain/cases/policy.js';
import { text } from './text.js';

const percent = (most: number) =>
  z
    .string()
    .regex(/^\d{1,3}(\.\d{1,4})?$/, 'expected a percentage as decimal text, such as "1.5"')
    .refine((value) => Number(value) <= most, `expected at most ${most}`);

const policyVersion = z.number().int().meta({ description: 'One more with every new policy of the account.' });
const minutes = (most: number) => z.number().int().min(1).max(most);
const year = 366 * 24 * 60;

/** Each part of a policy, as it is when it is said. */
export const policyFields = {
  tolerance_percent: percent(50),
  tolerance_cap_cents: z.number().int().min(0).max(1_000_000_000),
  overpaid: z.enum(['case', 'keep']),
  late_within_minutes: minutes(year),
  late_rate_band_percent: percent(100),
  partial_window_minutes: minutes(year),
};

/** All of a policy: what is not named is left to the installation, or to a person. */
const policy = z.strictObject({
  tolerance_percent: policyFields.tolerance_percent.nullable().default(null),
  tolerance_cap_cents: policyFields.tolerance_cap_cents.nullable().default(null),
  overpaid: policyFields.overpaid.default('case'),
  late: z
    .strictObject({
      within_minutes: policyFields.late_within_minutes,
      rate_band_percent: policyFields.late_rate_band_percent,
    })
    .nullable()
    .default(null),
  partial_window_minutes: policyFields.partial_window_minutes.nullable().default(null),
});

type WirePolicy = z.output<typeof policy>;

export function policyFromWire({ late, ...given }: WirePolicy): Policy {
  return {
    tolerancePercent: given.tolerance_percent,
    toleranceCapCents: given.tolerance_cap_cents,
    overpaid: given.overpaid,
    late: late && { withinMinutes: late.within_minutes, rateBandPercent: late.rate_band_percent },
    partialWindowMinutes: given.partial_window_minutes,
  };
}

/** A policy in the words of the API, as it is also audited. */
export function policyOnWire({ late, ...held }: Policy): WirePolicy {
  return {
    tolerance_percent: held.tolerancePercent,
    tolerance_cap_cents: held.toleranceCapCents,
    overpaid: held.overpaid,
    late: late && { within_minutes: late.withinMinutes, rate_band_percent: late.rateBandPercent },
    partial_window_minutes: held.partialWindowMinutes,
  };
}

export const policyBody = z.object({
  policy: policy.transform(policyFromWire),
  expected_version: policyVersion.min(0).optional(),
  reason: text(1, 500).optional(),
});

const version = z.object({
  version: policyVersion,
  policy,
  actor: z.string(),
  reason: z.string().nullable(),
  created_at: z.string(),
});

export const policyAnswer = z
  .object({
    account_id: z.string(),
    /** 0: none was ever set, the installation's rules are in force. */
    version: policyVersion,
    policy,
    /** What a null leaves to the installation. */
    installation: z.object({ tolerance_percent: z.string(), partial_window_minutes: z.number() }),
    versions: z.array(version),
  })
  .meta({ id: 'AccountPolicy' });
export type PolicyAnswer = z.output<typeof policyAnswer>;

export const mostDays = 92;

export const dryRunBody = z.object({
  policy: policy.transform(policyFromWire),
  days: z.number().int().min(1).max(mostDays).default(31),
  mode: z.enum(modes).default('live'),
});

const outcome = z.enum(rehearsedOutcomes);
const tally = z.object({
  outcomes: z.record(outcome, z.number().int()),
  overpaid_cases: z.number().int(),
});

export const dryRunAnswer = z
  .object({
    since: z.string(),
    orders: z.number().int(),
    with_money: z.number().int(),
    current: tally.extend({ version: policyVersion }),
    proposed: tally,
    /** Value of the orders that this policy would pay and the current one does not, and the reverse. */
    paid_more_cents: z.record(z.string(), z.number().int()),
    paid_less_cents: z.record(z.string(), z.number().int()),
    changed: z.number().int(),
    changes: z.array(
      z.object({
        order_id: z.string(),
        price_cents: z.number().int(),
        price_currency: z.string(),
        status: z.string(),
        current: outcome,
        proposed: outcome,
        why: z.string().nullable(),
      }),
    ),
    changes_truncated: z.boolean(),
  })
  .meta({ id: 'PolicyDryRun' });
export type DryRunAnswer = z.output<typeof dryRunAnswer>;
