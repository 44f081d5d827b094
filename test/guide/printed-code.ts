import { readFileSync } from 'node:fs';

/** What a step of the guide prints, file by file, to the letter. */
export type Step = 'mint-a-checkout' | 'wait-for-settlement' | 'backfill-sdk' | 'backfill-fetch';

type AsyncFunctionConstructor = new (...names: string[]) => (...values: unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as AsyncFunctionConstructor; // it has no name of its own

/** Runs a step as a merchant would paste it, with what the guide leaves to them in `scope`; answers `result`. */
export async function runPrinted<T>(step: Step, scope: Record<string, unknown>, result: string): Promise<T> {
  const code = readFileSync(new URL(`printed/${step}.txt`, import.meta.url), 'utf8');
  const run = new AsyncFunction(...Object.keys(scope), `${code}\nreturn (${result});`);
  return (await run(...Object.values(scope))) as T; // as the caller reads the printed code
}

/** `fetch` where the guide's host is the one under test, and the key that it elides is a real one. */
export function fetchAsPrinted({ apiUrl, key }: { apiUrl: string; key: string }): typeof fetch {
  return (input, init) => {
    const url = String(input).replace('https://api.driftstack.dev', apiUrl);
    const headers = new Headers(init?.headers);
    if (headers.get('authorization') === 'Bearer ds_live_...') headers.set('authorization', `Bearer ${key}`);
    return fetch(url, { ...init, headers });
  };
}

/** The guide's own timer, for whom five seconds pass in fifty milliseconds. */
export const hurriedTimer = {
  setTimeout: (done: () => void, ms: number): NodeJS.Timeout => setTimeout(done, ms / 100),
};
