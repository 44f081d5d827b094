import type { VNode } from 'preact';
import { defaultAccountSettings, type AccountSettings } from '../../../domain/account.js';
import { modes, type Mode } from '../../../domain/ids.js';

/** Whose pair mints for an account, by mode. */
export type PairSources = Readonly<Record<Mode, 'own' | 'installation' | 'stub'>>;

const sources = {
  own: 'its own pair',
  installation: 'the installation’s pair',
  stub: 'nobody’s: no address',
} as const;

export function MintsWith({ source }: { source: PairSources[Mode] }): VNode {
  return source === 'stub' ? <span class="badge alert">{sources.stub}</span> : <>{sources[source]}</>;
}

const choices = { own: 'nobody’s: they get no address', installation: 'the installation’s: its wallet' } as const;

/** Where the coins of an account go that has no pair of its own. */
export function ProviderField({ chosen }: { chosen: AccountSettings['provider'] | null }): VNode {
  return (
    <label>
      Without a pair of its own, orders mint with
      <select name="provider">
        <option value="">default: {choices[defaultAccountSettings.provider]}</option>
        {Object.entries(choices).map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ModeField({ label = 'Mode' }: { label?: string }): VNode {
  return (
    <label>
      {label}
      <select name="mode">
        {modes.map((mode) => (
          <option value={mode}>{mode}</option>
        ))}
      </select>
    </label>
  );
}

export function ReasonField(): VNode {
  return (
    <label>
      Reason, for the audit log
      <input name="reason" maxLength={500} autocomplete="off" />
    </label>
  );
}
