import type { VNode } from 'preact';
import { CsrfField, Section } from '../console-frame.js';
import { ModeField, ReasonField } from './account-parts.js';
import type { ConsolePolicyView } from './console-policy-view.js';

/** A policy to rehearse on past orders first, and then to put in force. */
export function PolicyForm({ context, account, version, policy, installation }: ConsolePolicyView): VNode {
  const path = `/console/accounts/${account.id}/policy`;
  return (
    <Section title={`The next policy, after version ${version}`}>
      <form method="post" action={path} class="card pad stack form">
        <CsrfField context={context} back={path} />
        <input type="hidden" name="expected_version" value={version} />
        <Field
          name="tolerance_percent"
          label="Per cent that may be missing or too much"
          value={policy.tolerancePercent}
          preset={installation.tolerancePercent}
        />
        <Field
          name="tolerance_cap_cents"
          label="and of it, in cents of the price, at most"
          value={policy.toleranceCapCents}
          preset="no limit"
        />
        <label>
          What is beyond that
          <select name="overpaid">
            <option value="case">is a case</option>
            <option value="keep" selected={policy.overpaid === 'keep'}>
              is kept
            </option>
          </select>
        </label>
        <Field
          name="late_within_minutes"
          label="Minutes after its window in which late money is taken; empty: it is a case"
          value={policy.late?.withinMinutes ?? null}
          preset="a case"
        />
        <Field
          name="late_rate_band_percent"
          label="and by how many per cent the rate may have moved"
          value={policy.late?.rateBandPercent ?? null}
          preset="a case"
        />
        <Field
          name="partial_window_minutes"
          label="Minutes in which the rest of a partial order may come"
          value={policy.partialWindowMinutes}
          preset={String(installation.partialWindowMinutes)}
        />
        <RehearsedOn />
        <ReasonField />
        <p class="tools">
          <button name="act" value="rehearse">
            Rehearse
          </button>
          <button class="second" name="act" value="put">
            Put in force
          </button>
        </p>
      </form>
    </Section>
  );
}

/** On which orders it is played before it counts. */
function RehearsedOn(): VNode {
  return (
    <>
      <ModeField label="Rehearse on the orders of" />
      <label>
        of the last days
        <input name="days" value="31" required inputMode="numeric" maxLength={2} autocomplete="off" />
      </label>
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | number | null;
  readonly preset: string; // in force where nothing is typed
}

function Field({ name, label, value, preset }: FieldProps): VNode {
  return (
    <label>
      {label}
      <input
        name={name}
        value={value ?? ''}
        placeholder={preset}
        inputMode="decimal"
        maxLength={16}
        autocomplete="off"
      />
    </label>
  );
}
