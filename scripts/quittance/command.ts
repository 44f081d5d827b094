import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { answering, type Answer } from './answer.js';

/** What every command takes. */
interface ForAll {
  readonly json: boolean;
}

interface Spec<Options> {
  readonly words: string; // the command with its arguments, `add <name>`
  readonly about: string;
  readonly options?: (parser: Argv) => Argv<Options>;
  readonly run: (given: ArgumentsCamelCase<Options> & ForAll) => Promise<Answer>;
}

/** One command: what it is called, what it takes, and what it answers. */
export function command<Options = object>({ words, about, options, run }: Spec<Options>): CommandModule {
  return {
    command: words,
    describe: about,
    ...(options ? { builder: (parser: Argv) => options(parser) } : {}),
    handler: (given) => answering(run)(given as ArgumentsCamelCase<Options> & ForAll),
  };
}

/** Options that many commands have. */
export const byId = (parser: Argv) => parser.positional('id', { type: 'string', demandOption: true });
export const withReason = <Options>(parser: Argv<Options>) =>
  parser.option('reason', { type: 'string', describe: 'Why, for the audit log' });
export const withCursor = <Options>(parser: Argv<Options>) =>
  parser.option('cursor', { type: 'string', describe: 'next_cursor of the page before' });

/** Commands about one noun: `orders get`, `orders events`. */
export function group(noun: string, about: string, commands: readonly CommandModule[]): CommandModule {
  return {
    command: `${noun} <command>`,
    describe: about,
    builder: (parser: Argv) => parser.command([...commands]).demandCommand(1, `Which of the commands of ${noun}?`),
    handler: () => undefined,
  };
}
