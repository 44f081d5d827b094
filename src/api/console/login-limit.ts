import { addAttempts, forgetAttempts, takeBackAttempt, type AttemptKind } from '../../db/attempt-counts.js';
import { secondsToAsk } from '../../domain/retry-after.js';
import type { AppDeps } from '../deps.js';
import { addressBlock } from '../http/address-block.js';

const most = { login_address: 10, login: 5 } as const satisfies Partial<Record<AttemptKind, number>>;

/** Somebody at the login form. */
export interface Guesser {
  readonly address: string;
  readonly name: string;
}

export interface LoginLimit {
  /** Counts an attempt, before the password is looked at: parallel guesses count too. Null, or seconds to wait. */
  take(guesser: Guesser): Promise<number | null>;
  /** The right password: only failures count. */
  forget(guesser: Guesser): Promise<void>;
}

/**
 * Wrong logins by address, and by name from an address, for all processes. Not by name alone: whoever knows an operator's
 * name could keep him out. Guessing from many addresses is slowed by the queue in which passwords are checked.
 */
export function createLoginLimit({ pool }: Pick<AppDeps, 'pool'>): LoginLimit {
  async function waitAfter(kind: keyof typeof most, key: string): Promise<number | null> {
    const [counted] = await addAttempts(pool, kind, new Map([[key, 1]]));
    return counted && counted.count > most[kind] ? secondsToAsk(counted.secondsLeft) : null;
  }

  return {
    async take({ address, name }) {
      const from = addressBlock(address);
      return (await waitAfter('login_address', from)) ?? (await waitAfter('login', `${name} ${from}`));
    },
    async forget({ address, name }) {
      const from = addressBlock(address);
      await takeBackAttempt(pool, 'login_address', from);
      await forgetAttempts(pool, 'login', `${name} ${from}`);
    },
  };
}
