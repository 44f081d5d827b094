import type { VictimKind } from '../victims.js';

// Of two hundred kills: sixty of API and worker each, forty of Temporal and PostgreSQL each.
const shares: Readonly<Record<VictimKind, number>> = { api: 0.3, worker: 0.3, temporal: 0.2, postgres: 0.2 };

/** Who dies, in no order: one after the other the kind that is furthest behind its share, so that four kills are one of each. */
export function killPlan(kills: number): VictimKind[] {
  const plan: VictimKind[] = [];
  const missing = (kind: VictimKind) => shares[kind] * kills - plan.filter((each) => each === kind).length;
  const kinds = Object.keys(shares) as VictimKind[];
  while (plan.length < kills) plan.push(kinds.reduce((most, kind) => (missing(kind) > missing(most) ? kind : most)));
  return plan;
}

/** Why so many kills prove nothing of a goal; null: they are enough. */
export function tooFewKills(kills: number, needed: readonly VictimKind[]): string | null {
  if (kills >= needed.length) return null;
  return `${kills} kills are too few for ${needed.length} kinds of process that have to die: ${needed.join(', ')}`;
}
