import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { createOperator, findOperator, findOperatorForLogin, type OperatorRow } from '../../db/support/operators.js';
import { verifyPassword } from '../../db/secrets/password.js';
import { isUniqueViolation } from '../../db/query.js';
import type { AppDeps } from '../deps.js';

/** Whoever knows CONSOLE_PASSWORD is this operator, so that a fresh installation can be entered at all. */
export const firstOperator = 'admin';

const guesses = pLimit(2); // each takes 32 MiB and a core for a while: more at once would starve other answers
const mostWaiting = 20;

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

export type LoginOutcome = OperatorRow | 'wrong' | 'busy';

/** Who that is. Unknown and disabled names, and wrong passwords, give the same answer after the same time. */
export async function operatorWith(deps: AppDeps, { name, password }: Credentials): Promise<LoginOutcome> {
  const { consolePassword } = deps.settings;
  if (name === firstOperator && consolePassword !== null && isSameText(password, consolePassword)) {
    return (await firstOperatorRow(deps)) ?? 'wrong';
  }
  if (guesses.pendingCount >= mostWaiting) return 'busy';
  const operator = await findOperatorForLogin(deps.pool, name);
  const right = await guesses(() => verifyPassword(password, operator?.passwordScrypt ?? null));
  return right && operator ? operator : 'wrong';
}

// The row is made when it is first needed; one that was disabled since stays out. CONSOLE_PASSWORD is not written into
// it, so that a new one leaves no old one behind.
async function firstOperatorRow({ pool }: AppDeps): Promise<OperatorRow | null> {
  const known = await findOperator(pool, firstOperator);
  if (known) return known.disabledAt === null ? known : null;
  try {
    return await createOperator(pool, {
      name: firstOperator,
      role: 'admin',
      password: randomBytes(32).toString('hex'),
    });
  } catch (failure) {
    if (!isUniqueViolation(failure)) throw failure;
    return findOperator(pool, firstOperator); // another login was first
  }
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
