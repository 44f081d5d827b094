import type { VNode } from 'preact';
import { defaultAccountSettings, type AccountSettings } from '../../../domain/account.js';
import { Instant } from '../../instant.js';
import { printableText } from '../../printable-text.js';
import { consolePage, CsrfField, may, Section, withQuery, type ConsoleContext } from '../console-frame.js';
import { productsPath } from './console-products-page.js';
import { profilePath } from './console-profile-page.js';
import { Credentials, type AccountPair } from './account-credentials.js';
import { MintsWith, ProviderField, ReasonField, type PairSources } from './account-parts.js';

export interface ConsoleAccountView {
  readonly context: ConsoleContext;
  readonly account: {
    readonly id: string; // as operators see it
    readonly name: string;
    readonly settings: Partial<AccountSettings>; // only what was set
    readonly createdAt: string;
    readonly updatedAt: string;
  };
  readonly provider: PairSources;
  readonly pairs: readonly AccountPair[];
}

export function consoleAccountPage(view: ConsoleAccountView): string {
  const { context, account, provider } = view;
  return consolePage({
    context,
    section: 'Accounts',
    title: printableText(account.name),
    children: (
      <>
        <p class="crumb">
          <a href="/console/accounts">Accounts</a>
        </p>
        <div class="heading">
          <h1>
            <bdi>{printableText(account.name)}</bdi>
          </h1>
          <span class="tools spread">
            <a class="button second small" href={withQuery('/console/orders', { account_id: account.id })}>
              Orders
            </a>
            <a class="button second small" href={profilePath(account.id, 'live')}>
              Profile
            </a>
            <a class="button second small" href={productsPath(account.id)}>
              Products
            </a>
            <a class="button second small" href={`/console/accounts/${account.id}/policy`}>
              Policy
            </a>
            <a class="button second small" href={withQuery('/console/keys', { account_id: account.id })}>
              Keys
            </a>
          </span>
        </div>
        <dl class="facts">
          <dt>Account</dt>
          <dd class="code">{account.id}</dd>
          <dt>Live orders mint with</dt>
          <dd>
            <MintsWith source={provider.live} />
          </dd>
          <dt>Test orders mint with</dt>
          <dd>
            <MintsWith source={provider.test} />
          </dd>
          <dt>Since</dt>
          <dd>
            <Instant iso={account.createdAt} />
          </dd>
          <dt>Changed</dt>
          <dd>
            <Instant iso={account.updatedAt} />
          </dd>
        </dl>
        {may(context, 'account:change') ? <SettingsForm {...view} /> : <SettingsList account={account} />}
        <Credentials {...view} />
      </>
    ),
  });
}

type Setting = Exclude<keyof AccountSettings, 'provider' | 'strict_idempotency'>;

const labels: Readonly<Record<Setting, string>> = {
  default_pay_currency: 'Coin, where a checkout names none',
  min_charge: 'Least price, in whole units of its currency; 0: none',
  max_pending: 'Orders that wait for money at once, at most',
  max_unpaid_24h: 'Unpaid orders in 24 hours, at most',
  max_mints_24h: 'Addresses in 24 hours, at most',
  rate_limit: 'Calls a second, of each key',
};
const settings = Object.keys(labels) as Setting[];

function SettingsForm({ context, account }: ConsoleAccountView): VNode {
  const { id, name, settings: set } = account;
  return (
    <Section title="Settings">
      <form method="post" action={`/console/accounts/${id}`} class="card pad stack form">
        <CsrfField context={context} back={`/console/accounts/${id}`} />
        <label>
          Name
          <input name="name" value={name} required maxLength={200} autocomplete="off" />
        </label>
        <ProviderField chosen={set.provider ?? null} />
        <p class="quiet">What is left empty takes the default that stands in the field.</p>
        {settings.map((setting) => (
          <label>
            {labels[setting]}
            <input
              name={setting}
              value={set[setting] === undefined ? '' : String(set[setting])}
              placeholder={String(defaultAccountSettings[setting])}
              inputMode={setting === 'default_pay_currency' ? 'text' : 'decimal'}
              maxLength={32}
              autocomplete="off"
            />
          </label>
        ))}
        <StrictField chosen={set.strict_idempotency ?? null} />
        <ReasonField />
        <button>Put in force</button>
      </form>
    </Section>
  );
}

function StrictField({ chosen }: { chosen: boolean | null }): VNode {
  return (
    <label>
      The same idempotency key with another body is refused
      <select name="strict_idempotency">
        <option value="">default: {yesNo(defaultAccountSettings.strict_idempotency)}</option>
        {[true, false].map((value) => (
          <option value={String(value)} selected={value === chosen}>
            {yesNo(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function SettingsList({ account }: Pick<ConsoleAccountView, 'account'>): VNode {
  const inForce = { ...defaultAccountSettings, ...account.settings };
  return (
    <Section title="Settings">
      <dl class="facts">
        {settings.map((setting) => (
          <>
            <dt>{labels[setting]}</dt>
            <dd>{String(inForce[setting])}</dd>
          </>
        ))}
        <dt>The same idempotency key with another body is refused</dt>
        <dd>{yesNo(inForce.strict_idempotency)}</dd>
      </dl>
    </Section>
  );
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
