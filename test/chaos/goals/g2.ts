import type { Mixture } from '../payers.js';
import { sell, sized, type Goal } from './goal.js';

const storm: Mixture = {
  storm: 30,
  twice: 30,
  reordered: 20,
  unsigned: 6,
  forged: 4,
  delayed: 5,
  other_coin: 2,
  too_little: 4,
  too_much: 4,
};

/** IPNs in their thousands: doubled, reordered, late, forged, of another coin, of too little and too much. */
export const g2: Goal = {
  id: 'G2',
  what: 'IPN storm',
  victims: [],
  async run(work) {
    const { size, tally } = work;
    const sold = await sell(work, { orders: size.orders ?? sized(10_000, size), mixture: storm });
    const counted = (...wanted: string[]) => [...sold.manners.values()].filter((each) => wanted.includes(each)).length;
    tally.fired('IPNs twice', counted('twice', 'storm'));
    tally.fired('IPNs reordered', counted('reordered'));
    tally.fired('IPNs unsigned or forged', counted('unsigned', 'forged'));
    tally.fired('IPNs late', counted('delayed'));
    const faults = ['IPNs twice', 'IPNs reordered', 'IPNs unsigned or forged', 'IPNs late'];
    return { ...sold, faults, figures: {} };
  },
};
