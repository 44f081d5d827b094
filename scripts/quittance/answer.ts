import type { Argv } from 'yargs';

/** What a command found or did: for a person line by line, and the same for a program as JSON. */
export interface Answer {
  readonly lines: readonly string[];
  readonly json?: unknown; // absent: said as it went
  readonly needsPerson?: boolean; // looked, and something is not well: exit status 1
}

/** What is asked for cannot be done as it is asked: the message says why, and what can be. */
export class Refusal extends Error {}

type Given = { readonly json: boolean };

/** A page of a list, and how the next one is asked for. */
export function pageAnswer(page: { readonly next_cursor: string | null }, lines: readonly string[]): Answer {
  const more = page.next_cursor === null ? [] : [`more: --cursor ${page.next_cursor}`];
  return { lines: [...lines, ...more], json: page };
}

/** A handler that prints its answer, to standard output alone, and sets the exit status. */
export function answering<Options>(run: (given: Options) => Promise<Answer>) {
  return async (given: Options): Promise<void> => {
    const answer = await run(given);
    const { json } = given as Given;
    const text = json && answer.json !== undefined ? JSON.stringify(answer.json, null, 2) : answer.lines.join('\n');
    if (text !== '') console.log(text);
    if (answer.needsPerson) process.exitCode = 1;
  };
}

/** How a command ends that was not done: one line for the world's faults, the usage for words that are not understood. */
export function failed(message: string | null, failure: Error | undefined, parser: Argv): void {
  if (failure) console.error(process.env.DEBUG ? failure : failure.message);
  else {
    parser.showHelp('error');
    console.error(`\n${message ?? ''}`);
  }
  process.exitCode = 2;
}

/** A line every two seconds at most, to standard error, so that long work is seen to go on. */
export function progressLines(): (line: () => string) => void {
  let saidAt = Date.now();
  return (line) => {
    if (Date.now() - saidAt < 2_000) return;
    saidAt = Date.now();
    console.error(line());
  };
}

/** A JSON object as a person reads it: a field to a line, lists and objects in one line each. */
export function fieldLines(value: object): string[] {
  return Object.entries(value).flatMap(([name, given]: [string, unknown]) => {
    if (given === null || given === undefined) return [];
    return [`${name}: ${typeof given === 'object' ? JSON.stringify(given) : String(given)}`];
  });
}
