import { createHash, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { createOperator, findOperatorForLogin, hasOperators, type OperatorRow } from '../../db/support/operators.js';
import { verifyPassword } from '../../db/secrets/password.js';
import { isUniqueViolation } from '../../db/query.js';
import type { AppDeps } from '../deps.js';
import { showsSecondFactor } from './second-factor.js';

/** Whom CONSOLE_PASSWORD makes, so that a fresh installation can be entered at all. */
export const firstOperator = 'admin';

const guesses = pLimit(2); // each takes 32 MiB and a core for a while: more at once would starve other answers
const mostWaiting = 20;

export interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly code: string; // of the second factor, or a recovery code; empty: none
}

export type LoginOutcome = OperatorRow | 'wrong' | 'busy';

/**
 * Who that is. Unknown and disabled names, wrong passwords and wrong codes give the same answer after the same time. Of a fresh
 * installation CONSOLE_PASSWORD makes the first operator; from then on it is his password, and the environment's opens nothing.
 */
export async function operatorWith(deps: AppDeps, { name, password, code }: Credentials): Promise<LoginOutcome> {
  const { consolePassword } = deps.settings;
  if (name === firstOperator && consolePassword !== null && isSameText(password, consolePassword)) {
    const first = await makeFirstOperator(deps, password);
    if (first) return first;
  }
  const right = await hasPassword(deps, name, password);
  if (right === null || right === 'busy') return right ?? 'wrong';
  return (await showsSecondFactor(deps, right, code)) ? right : 'wrong';
}

/** The operator, if that is his password. */
export async function hasPassword(
  { pool }: AppDeps,
  name: string,
  password: string,
): Promise<OperatorRow | 'busy' | null> {
  if (guesses.pendingCount >= mostWaiting) return 'busy';
  const operator = await findOperatorForLogin(pool, name);
  const right = await guesses(() => verifyPassword(password, operator?.passwordScrypt ?? null));
  return right ? operator : null;
}

async function makeFirstOperator({ pool }: AppDeps, password: string): Promise<OperatorRow | null> {
  if (await hasOperators(pool)) return null;
  try {
    return await createOperator(pool, { name: firstOperator, role: 'admin', password });
  } catch (failure) {
    if (!isUniqueViolation(failure)) throw failure;
    return null; // another login was first
  }
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
