import { Big } from 'big.js';
import type { Tolerance } from '../money.js';
import { percentText, type LateRule, type Policy } from './policy.js';

/** Whether a policy takes anything for the price that the one before it would have left to a person. */
export function isLooser(after: Policy, before: Policy, installation: Tolerance): boolean {
  const percentOf = ({ tolerancePercent }: Policy) => tolerancePercent ?? percentText(installation.under);
  return (
    new Big(percentOf(after)).gt(percentOf(before)) ||
    (after.toleranceCapCents ?? Infinity) > (before.toleranceCapCents ?? Infinity) ||
    (after.overpaid === 'keep' && before.overpaid === 'case') ||
    takesMoreLate(after.late, before.late)
  );
}

function takesMoreLate(after: LateRule | null, before: LateRule | null): boolean {
  if (after === null) return false;
  if (before === null) return true;
  return after.withinMinutes > before.withinMinutes || new Big(after.rateBandPercent).gt(before.rateBandPercent);
}
