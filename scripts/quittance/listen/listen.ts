import { newWebhookSecret } from '../../../src/webhooks/sign.js';
import { Refusal } from '../answer.js';
import { command } from '../command.js';
import { meantInstallation } from '../environment.js';
import { follow } from './follow.js';
import { forward, lineOf } from './forward.js';

export const listen = command({
  words: 'listen',
  about: 'Bring the webhooks of an account to a port of this machine, without an endpoint or a tunnel',
  options: (parser) =>
    parser
      .option('forward-to', { type: 'string', demandOption: true, describe: 'URL of your receiver' })
      .option('since', { type: 'string', describe: 'Also what happened since this instant' })
      .option('live', { type: 'boolean', default: false, describe: 'With a live key: events of real money' }),
  run: async ({ forwardTo, since, live, json }) => {
    const url = receiver(forwardTo);
    const from = instant(since);
    const { key, apiUrl } = caller(live);
    const secret = signingSecret();
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    const events = follow({
      apiUrl,
      key,
      since: from,
      signal: stop.signal,
      onReady: () => console.error(`${apiUrl} to ${url}, signed with ${secret}. Ctrl-C ends it.`),
      onAway: (why) => console.error(`The API is away (${why}). What happens meanwhile is brought when it is back.`),
      onBack: () => console.error('The API is back.'),
    });
    let count = 0;
    for await (const event of events) {
      const forwarded = await forward(event, { url, secret });
      console.log(json ? JSON.stringify(forwarded) : lineOf(forwarded));
      count += 1;
    }
    console.error(`${count} forwarded.`);
    return { lines: [] };
  },
});

function receiver(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw new Refusal(`--forward-to ${text}: expected a URL such as http://127.0.0.1:3000/hook`);
}

function instant(text: string | undefined): string | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Refusal(`--since ${text}: expected an instant such as 2026-11-29T12:00:00Z`);
  return new Date(ms).toISOString();
}

/** Whose events: those of the key, or of the demo account that `npm start` makes. */
function caller(live: boolean): { key: string; apiUrl: string } {
  const { env, dev } = meantInstallation();
  const key = env.QUITTANCE_API_KEY ?? (live ? dev?.api_key : dev?.test_key);
  if (!key) throw new Refusal('QUITTANCE_API_KEY is not set: whose events?');
  if (key.startsWith('ds_live_') && !live) {
    throw new Refusal('QUITTANCE_API_KEY is a live key: say --live if events of real money are meant.');
  }
  return { key, apiUrl: env.QUITTANCE_URL ?? dev?.api_url ?? `http://127.0.0.1:${env.PORT ?? '8080'}` };
}

/** The receiver's secret, or one for this time. */
function signingSecret(): string {
  const secret = meantInstallation().env.QUITTANCE_WEBHOOK_SECRET;
  if (secret === undefined) return newWebhookSecret();
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) {
    throw new Refusal('QUITTANCE_WEBHOOK_SECRET: expected whsec_ and base64, as your receiver has it');
  }
  return secret;
}
