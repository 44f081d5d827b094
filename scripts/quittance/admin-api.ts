import { Refusal } from './answer.js';
import { commandLine } from './command-line.js';
import { meantInstallation } from './environment.js';

const longestMs = 60_000;

export interface AdminApi {
  /** The answer's JSON; a refusal, with the API's own words, throws. */
  call<Answer>(method: string, path: string, body?: object): Promise<Answer>;
  /** The answer of any status: for the probes. */
  probe(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** The admin API of the installation that is meant, with the key of whoever asks: its audit log knows who it was. */
export function adminApi(): AdminApi {
  const { env, dev } = meantInstallation();
  const base = env.QUITTANCE_URL ?? dev?.api_url ?? `http://127.0.0.1:${env.PORT ?? '8080'}`;
  const key = env.QUITTANCE_ADMIN_KEY ?? dev?.admin_key;

  async function send(method: string, path: string, body?: object): Promise<Response> {
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(longestMs);
    return fetch(new URL(path, base), { method, headers, signal, ...text }).catch((failure: unknown) => {
      const { message, cause } = failure as Error;
      throw new Refusal(`${base} does not answer: ${cause instanceof Error ? cause.message : message}`);
    });
  }

  return {
    async call<Answer>(method: string, path: string, body?: object) {
      if (key === undefined) {
        throw new Refusal(
          `QUITTANCE_ADMIN_KEY is not set: whose key? \`${commandLine('keys add <name>')}\` makes the first one.`,
        );
      }
      const answer = await send(method, path, body);
      const text = await answer.text();
      if (!answer.ok) throw new Refusal(problemIn(text, answer.status));
      return (text === '' ? {} : JSON.parse(text)) as Answer;
    },
    async probe(path) {
      const answer = await send('GET', path);
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
  };
}

function problemIn(text: string, status: number): string {
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return `${status} ${title ?? ''}${detail === undefined ? '' : `: ${detail}`}`;
  } catch {
    return `${status}: no answer of ours`; // a proxy's page
  }
}

/** Query parameters that were given, as they stand behind a path. */
export function query(given: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
