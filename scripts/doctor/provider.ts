import type { Config, ProviderSettings } from '../../src/config.js';
import { currentCredentials } from '../../src/db/secrets/provider-credentials.js';
import type { Pool } from '../../src/db/pool.js';
import type { Keyring } from '../../src/db/secrets/seal.js';
import { defaultAccountSettings } from '../../src/domain/account.js';
import { modes, publicId, type Mode } from '../../src/domain/ids.js';
import type { Checkup } from '../../src/gateway/checkup.js';
import type { Gateway } from '../../src/gateway/nowpayments.js';
import { defaultApiUrl, keyLabel, type ProviderAccount } from '../../src/gateway/provider-account.js';
import { findingsOf, messageOf, skewFinding, type Finding } from './finding.js';

const area = 'provider';
const { ok, warn, bad } = findingsOf(area);
const mostAccounts = 50;

interface Pair {
  readonly name: string; // how the operator knows it
  readonly variable: string; // where its key is set
  readonly account: ProviderAccount;
}

/** Whether each pair of credentials opens its door at NOWPayments, and what it may be paid in. */
export async function lookAtProvider(config: Config, gateway: Gateway, pairs: readonly Pair[]): Promise<Finding[]> {
  if (pairs.length === 0) {
    return [
      warn(
        'no credentials: every order is a stub without an address',
        'Set NOWPAYMENTS_API_KEY and NOWPAYMENTS_IPN_SECRET, or PUT /v1/admin/accounts/<id>/provider-credentials',
      ),
    ];
  }
  const found: Finding[] = [];
  for (const pair of pairs) found.push(...judge(pair, await gateway.check(pair.account)));
  for (const mode of modes) {
    const settings = config.provider[mode];
    if (settings && settings.ipnSecret === null) found.push(noSecret(mode));
  }
  for (const apiUrl of new Set(pairs.map(({ account }) => account.apiUrl))) found.push(...(await lookAtClock(apiUrl)));
  return found;
}

/** The pairs of the installation, and the current ones of accounts that bring their own. */
export async function pairsOf(config: Config, store: { pool: Pool; keyring: Keyring } | null): Promise<Pair[]> {
  const installation = modes.flatMap((mode) => {
    const settings = config.provider[mode];
    return settings ? installationPairs(mode, settings) : [];
  });
  const own = store ? await currentCredentials(store.pool, store.keyring, mostAccounts) : [];
  return [
    ...installation,
    ...own.map(({ accountId, mode, keyLabel: label, apiKey, email, password, payoutCoin }): Pair => {
      const apiUrl = config.provider[mode]?.apiUrl ?? defaultApiUrl[mode];
      const id = publicId('account', accountId);
      return {
        name: `${id}, ${mode}`,
        variable: `PUT /v1/admin/accounts/${id}/provider-credentials`,
        account: { keyLabel: label, apiUrl, apiKey, email, password, payoutCoin },
      };
    }),
  ];
}

function installationPairs(mode: Mode, settings: ProviderSettings): Pair[] {
  const { apiUrl, apiKey, apiKeyPrevious, email, password, payoutCoin } = settings;
  const variable = `${prefixOf(mode)}API_KEY`;
  const account = { keyLabel: keyLabel(apiKey), apiUrl, apiKey, email, password, payoutCoin };
  if (apiKeyPrevious === null) return [{ name: mode, variable, account }];
  const previous = { ...account, apiKey: apiKeyPrevious, keyLabel: keyLabel(apiKeyPrevious) };
  return [
    { name: mode, variable, account },
    { name: `${mode}, previous key`, variable: `${variable}_PREVIOUS`, account: previous },
  ];
}

function judge({ name, variable, account }: Pair, checkup: Checkup): Finding[] {
  const words = checkup.messages.length > 0 ? `: ${checkup.messages.join('; ')}` : '';
  if (!checkup.reachable) {
    const says = `${new URL(account.apiUrl).host} cannot be reached (${name})${words}`;
    return [bad(says, 'Let this machine out to it, or correct the API_URL.')];
  }
  if (checkup.key !== 'accepted') {
    const says = `the key is ${checkup.key === 'refused' ? 'refused' : 'not known to be good'} (${name})${words}`;
    return [bad(says, `Correct ${variable}: live and sandbox are different accounts with different keys.`)];
  }
  return [ok(`the key is accepted (${name})`), loginFinding(name, variable, checkup), coinFinding(name, checkup)];
}

function loginFinding(name: string, variable: string, { login }: Checkup): Finding {
  const where = variable.replace('API_KEY', 'EMAIL and …PASSWORD');
  switch (login) {
    case 'accepted':
      return ok(`the login for the payment list is accepted (${name})`);
    case 'missing':
      return warn(`no login (${name}): a mint whose answer was lost cannot be looked up`, `Set ${where}.`);
    case 'refused':
      return bad(`the login is refused (${name})`, `Correct ${where}.`);
    case 'unknown':
      return warn(`the login could not be tried (${name})`, 'Run this again in a minute.');
  }
}

function coinFinding(name: string, { coins }: Checkup): Finding {
  const preset = defaultAccountSettings.default_pay_currency;
  if (coins === null) return warn(`the coins could not be listed (${name})`, 'Run this again in a minute.');
  if (coins.length === 0) return bad(`no coin can be paid (${name})`, 'Tick coins in the dashboard: Settings, Coins.');
  if (!coins.includes(preset)) {
    const mend = `Tick it in the dashboard, or give accounts another default_pay_currency: ${coins.slice(0, 8).join(', ')}`;
    return warn(`${preset}, which is asked for where nobody names a coin, cannot be paid (${name})`, mend);
  }
  return ok(`${coins.length} coins can be paid, ${preset} among them (${name})`);
}

function noSecret(mode: Mode): Finding {
  const variable = `${prefixOf(mode)}IPN_SECRET`;
  return bad(
    `${variable} is not set: no IPN is received, orders are paid by polling only`,
    `Copy it from the dashboard: Settings, Instant payment notifications; set ${variable}.`,
  );
}

function prefixOf(mode: Mode): string {
  return mode === 'live' ? 'NOWPAYMENTS_' : 'NOWPAYMENTS_SANDBOX_';
}

/** By the Date header, to the second. */
async function lookAtClock(apiUrl: string): Promise<Finding[]> {
  try {
    const before = Date.now();
    const answer = await fetch(`${apiUrl}/status`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    const there = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(there)) return [];
    return [skewFinding(area, new URL(apiUrl).host, there + 500 - (before + Date.now()) / 2)];
  } catch (failure) {
    return [warn(`the clock of ${new URL(apiUrl).host} could not be read: ${messageOf(failure)}`, 'Run this again.')];
  }
}
