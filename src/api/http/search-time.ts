import { isOutOfTime } from '../../db/query.js';
import { unavailable } from './problem.js';

/**
 * A search for one or two rare characters must read every text there is, within the time a statement may take. Whoever
 * asks for it on too many orders is told what is faster.
 */
export async function withinTime<Answer>(search: () => Promise<Answer>): Promise<Answer> {
  try {
    return await search();
  } catch (failure) {
    if (!isOutOfTime(failure)) throw failure;
    throw unavailable('The search took too long. Three characters or more, or a span of time, make it fast.');
  }
}
