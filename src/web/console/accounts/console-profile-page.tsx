import type { VNode } from 'preact';
import { modes, type Mode } from '../../../domain/ids.js';
import type { Profile } from '../../../domain/merchant/profile.js';
import { printableText } from '../../printable-text.js';
import { logoUrl } from '../../theme.js';
import { consolePage, CsrfField, Foreign, may, Said, Section, type ConsoleContext } from '../console-frame.js';
import { AccountCrumb } from './account-link.js';
import { ReasonField } from './account-parts.js';

export interface ConsoleProfileView {
  readonly context: ConsoleContext;
  readonly account: { readonly id: string; readonly name: string };
  readonly mode: Mode;
  readonly profile: Profile & { readonly logoSha256: string | null };
}

/** How an account shows itself to its payers, of one mode. */
export function consoleProfilePage(view: ConsoleProfileView): string {
  const { context, account, mode } = view;
  return consolePage({
    context,
    section: 'Accounts',
    title: `Profile of ${printableText(account.name)}`,
    children: (
      <>
        <AccountCrumb {...account} />
        <div class="heading">
          <h1>Profile, {mode}</h1>
          <span class="tools spread">
            {modes
              .filter((other) => other !== mode)
              .map((other) => (
                <a class="button second small" href={profilePath(account.id, other)}>
                  Of {other} orders
                </a>
              ))}
          </span>
        </div>
        <p class="quiet">
          What payers of {mode} orders read on the payment page, and what new receipts say of the seller. Receipts that
          were issued stay as they are.
        </p>
        <Section title="Logo">
          <Logo sha256={view.profile.logoSha256} />
        </Section>
        <Section title="What is said">
          {may(context, 'account:change') ? <ProfileForm {...view} /> : <ProfileList {...view} />}
        </Section>
      </>
    ),
  });
}

export function profilePath(accountId: string, mode: Mode): string {
  return `/console/accounts/${accountId}/profile/${mode}`;
}

function Logo({ sha256 }: { sha256: string | null }): VNode {
  if (sha256 === null) return <p class="empty">None: the page shows the name alone.</p>;
  return (
    <p>
      <img class="logo" src={logoUrl(sha256)} alt="The logo as payers see it" />
    </p>
  );
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly said: keyof Profile;
  readonly maxLength: number;
  readonly rows?: number;
  readonly placeholder?: string;
}

const fields: readonly Field[] = [
  { name: 'display_name', label: 'Name, as payers know it', said: 'displayName', maxLength: 60 },
  {
    name: 'accent_colour',
    label: 'Accent colour, dark enough to be read',
    said: 'accentColour',
    maxLength: 7,
    placeholder: '#0b6b63',
  },
  {
    name: 'support_address',
    label: 'Where payers write to: a mail address, or an https URL',
    said: 'supportAddress',
    maxLength: 254,
  },
  { name: 'legal_name', label: 'Name by law', said: 'legalName', maxLength: 120 },
  { name: 'postal_address', label: 'Postal address', said: 'postalAddress', maxLength: 400, rows: 4 },
  { name: 'tax_id', label: 'Tax id', said: 'taxId', maxLength: 60 },
  { name: 'receipt_footer', label: 'Last lines of a receipt', said: 'receiptFooter', maxLength: 300, rows: 2 },
];

function ProfileForm({ context, account, mode, profile }: ConsoleProfileView): VNode {
  const path = profilePath(account.id, mode);
  return (
    <form method="post" action={path} enctype="multipart/form-data" class="card pad stack form">
      <CsrfField context={context} back={path} />
      <p class="quiet">What is left empty is not said.</p>
      {fields.map(({ name, label, said, maxLength, rows, placeholder }) => (
        <label>
          {label}
          {rows === undefined ? (
            <input
              name={name}
              value={profile[said] ?? ''}
              maxLength={maxLength}
              placeholder={placeholder}
              autocomplete="off"
            />
          ) : (
            <textarea name={name} rows={rows} maxLength={maxLength}>
              {profile[said] ?? ''}
            </textarea>
          )}
        </label>
      ))}
      <label>
        Another logo: a PNG of at most 32 KB, 16 to 1024 pixels a side
        <input type="file" name="logo" accept="image/png" />
      </label>
      {profile.logoSha256 !== null && (
        <label class="tick">
          <input type="checkbox" name="no_logo" value="yes" />
          Show no logo
        </label>
      )}
      <ReasonField />
      <button>Put in force</button>
    </form>
  );
}

function ProfileList({ profile }: ConsoleProfileView): VNode {
  return (
    <dl class="facts">
      {fields.map(({ label, said, rows }) => (
        <>
          <dt>{label}</dt>
          <dd>{rows === undefined ? <Foreign text={profile[said]} /> : <Said what={profile[said]} />}</dd>
        </>
      ))}
    </dl>
  );
}
