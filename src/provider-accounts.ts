import type { Config, ProviderSettings } from './config.js';
import { defaultAccountSettings, type ProviderQuestion } from './domain/account.js';
import { longestPaymentMs } from './domain/timing.js';
import type { Mode } from './domain/ids.js';
import { providerChoiceOf } from './db/accounts/accounts.js';
import type { OrderRow } from './db/orders/orders.js';
import type { Pool } from './db/pool.js';
import { laneRestMs } from './db/reconcile/provider-lanes.js';
import type { PairOnRecord } from './db/secrets/pair-on-record.js';
import { openPair, type ProviderCredentials } from './db/secrets/provider-credentials.js';
import { createRecentCredentials } from './db/secrets/recent-credentials.js';
import type { Keyring } from './db/secrets/seal.js';
import { defaultApiUrl, keyLabel, laneName, type ProviderAccount } from './gateway/provider-account.js';

interface Wiring {
  readonly config: Config;
  readonly pool: Pool;
  readonly keyring: Keyring;
}

/**
 * Which key pair mints and reads: the account's own, else the installation's, if the account is set so. Joins configuration
 * and database.
 */
export function createProviderAccounts({ config, pool, keyring }: Wiring) {
  const recent = createRecentCredentials({ pool, keyring, retiredWithinMs: longestPaymentMs(config.clocks) });

  /** By whose pair an order is minted, or was; asks the database only for what its record has not brought along. */
  async function accountFor(order: OrderRow, onRecord?: PairOnRecord): Promise<ProviderAccount | null> {
    const { accountId, mode, providerKeyLabel } = order;
    const own = await ownPairOf(order, onRecord);
    const settings = config.provider[mode];
    if (own) return reaches(mode) ? ownAccount(own, settings) : null;
    if (settings === null) return null;
    const installation = { ...installationAccount(settings, providerKeyLabel), merchant: accountId };
    // What the installation's pair has minted it reads, whatever the account says now.
    if (installation.keyLabel === providerKeyLabel) return installation;
    const choice = onRecord ? onRecord.choice : await providerChoiceOf(pool, accountId);
    return (choice ?? defaultAccountSettings.provider) === 'installation' ? installation : null;
  }

  /** By whose pair an account's next order is minted. */
  async function minterFor({ accountId, mode, provider }: ProviderQuestion): Promise<ProviderAccount | null> {
    const own = await recent.pairOf({ accountId, mode, keyLabel: null });
    const settings = config.provider[mode];
    if (own) return reaches(mode) ? ownAccount(own, settings) : null;
    if (settings === null || provider !== 'installation') return null;
    return { ...installationAccount(settings, null), merchant: accountId };
  }

  async function ownPairOf({ accountId, mode, providerKeyLabel }: OrderRow, onRecord?: PairOnRecord) {
    if (onRecord) return onRecord.own && openPair(keyring, onRecord.own);
    return recent.pairOf({ accountId, mode, keyLabel: providerKeyLabel });
  }

  /**
   * An account's live pair speaks to the real provider where nobody set another address. Only an installation that was
   * started for real money may do so: elsewhere IPNs may be unsigned, cookies open and private targets allowed.
   */
  const reaches = (mode: Mode) => mode === 'test' || config.production || config.provider[mode] !== null;

  /** Whether anybody can mint for the account. */
  async function hasProvider({ accountId, mode, provider }: ProviderQuestion): Promise<boolean> {
    if (provider === 'installation' && config.provider[mode]) return true;
    if (!reaches(mode)) return false;
    return (await recent.pairOf({ accountId, mode, keyLabel: null })) !== null;
  }

  /** The secrets that IPNs may be signed with: an account's own, former ones while their payments live; or the installation's. */
  async function ipnSecrets(
    accountId: string | null,
    options?: { isFresh?: boolean },
  ): Promise<{ secret: string; mode: Mode }[]> {
    if (accountId === null) return installationSecrets(config);
    const own = await recent.ofAccount(accountId, options);
    return own.map(({ ipnSecret, mode }) => ({ secret: ipnSecret, mode }));
  }

  /** Where the provider rings: an account with its own pair has its own path, so that only its secrets count there. */
  function ipnCallbackUrl(order: OrderRow, account: ProviderAccount): string {
    const base = `${config.publicUrl}/v1/webhooks/nowpayments`;
    const settings = config.provider[order.mode];
    const installation = settings !== null && keyLabel(settings.apiKey) === account.keyLabel;
    return installation ? base : `${base}/acc_${order.accountId}`;
  }

  /** How long the provider is known not to be called for an order's account; 0: it is. */
  async function restMs(order: OrderRow): Promise<number> {
    const account = await accountFor(order);
    return account ? laneRestMs(pool, laneName(account)) : 0;
  }

  return { accountFor, minterFor, hasProvider, ipnSecrets, ipnCallbackUrl, restMs };
}

function installationSecrets({ provider }: Config): { secret: string; mode: Mode }[] {
  const modes: Mode[] = ['live', 'test'];
  return modes.flatMap((mode) =>
    [provider[mode]?.ipnSecret, provider[mode]?.ipnSecretPrevious].flatMap((secret) =>
      secret ? [{ secret, mode }] : [],
    ),
  );
}

/** A merchant's own pair, at the address of the provider that the installation names, if it does. */
function ownAccount(own: ProviderCredentials, settings: ProviderSettings | null): ProviderAccount {
  const { accountId, mode, keyLabel: label, apiKey, email, password, payoutCoin } = own;
  const apiUrl = settings?.apiUrl ?? defaultApiUrl[mode];
  const account = { keyLabel: label, apiUrl, apiKey, email, password, payoutCoin, merchant: accountId };
  return settings === null ? account : { ...account, maxRps: settings.maxRps };
}

/** The installation's pair; a payment of the previous key is read with the previous key. */
function installationAccount(settings: ProviderSettings, label: string | null): ProviderAccount {
  const previous = settings.apiKeyPrevious;
  const apiKey = previous !== null && label === keyLabel(previous) ? previous : settings.apiKey;
  const { apiUrl, email, password, payoutCoin, maxRps } = settings;
  return { keyLabel: keyLabel(apiKey), apiUrl, apiKey, email, password, payoutCoin, maxRps };
}
