import { seededFraction } from '../../simulator/seeded.js';

/** Luck that a seed repeats: each stream of it counts for itself, so that one more draw here shifts nothing there. */
export interface Chance {
  readonly seed: number;
  /** Uniform in [0, 1). */
  fraction(stream: string): number;
  /** A whole number from `low` to `high`, both included. */
  between(stream: string, low: number, high: number): number;
  pick<T>(stream: string, from: readonly T[]): T;
  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(stream: string, weights: Readonly<Record<Name, number>>): Name;
  shuffled<T>(stream: string, list: readonly T[]): T[];
}

export function createChance(seed: number): Chance {
  const drawn = new Map<string, number>();
  const fraction = (stream: string) => {
    const n = (drawn.get(stream) ?? 0) + 1;
    drawn.set(stream, n);
    return seededFraction({ seed, stream, n });
  };
  const between = (stream: string, low: number, high: number) => low + Math.floor(fraction(stream) * (high - low + 1));
  return {
    seed,
    fraction,
    between,
    pick: (stream, from) => {
      const picked = from[between(stream, 0, from.length - 1)];
      if (picked === undefined) throw new Error(`nothing to pick from for ${stream}`);
      return picked;
    },
    weighted: (stream, weights) => {
      const entries = Object.entries<number>(weights);
      let left = fraction(stream) * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0];
      if (found === undefined) throw new Error(`no weights for ${stream}`);
      return found[0] as keyof typeof weights;
    },
    shuffled: (stream, list) => {
      const keyed = list.map((item) => ({ item, at: fraction(stream) }));
      return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
    },
  };
}
