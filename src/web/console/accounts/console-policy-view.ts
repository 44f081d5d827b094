import type { Policy } from '../../../domain/cases/policy.js';
import type { ConsoleContext } from '../console-frame.js';
import type { ConsoleRehearsal } from './policy-rehearsal.js';

/** All that the page of a policy shows. */
export interface ConsolePolicyView {
  readonly context: ConsoleContext;
  readonly account: { readonly id: string; readonly name: string }; // the id as operators see it
  readonly version: number; // in force; 0: none was ever set
  readonly policy: Policy; // in the form: the one in force, or the one that was just rehearsed
  readonly installation: { readonly tolerancePercent: string; readonly partialWindowMinutes: number };
  readonly versions: readonly {
    readonly version: number;
    readonly policy: Policy;
    readonly actor: string;
    readonly reason: string | null;
    readonly createdAt: string;
  }[];
  readonly rehearsal: ConsoleRehearsal | null;
}
