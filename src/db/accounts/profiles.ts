import { createHash } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import type { Profile } from '../../domain/merchant/profile.js';
import type { Database } from '../pool.js';
import { execute, maybeOne, one, selectList } from '../query.js';

/** A profile with what its logo is called by; the logo itself is read alone. */
export interface ProfileRow extends Profile {
  readonly logoSha256: string | null;
}

/** Whose profile: each mode has its own, so that what is tried with test keys is seen by no live payer. */
export interface ProfileOwner {
  readonly accountId: string;
  readonly mode: Mode;
}

export const profileColumns = selectList<ProfileRow>({
  displayName: 'display_name',
  accentColour: 'accent_colour',
  supportAddress: 'support_address',
  legalName: 'legal_name',
  postalAddress: 'postal_address',
  taxId: 'tax_id',
  receiptFooter: 'receipt_footer',
  logoSha256: 'logo_sha256',
});

const nothingSaid: ProfileRow = {
  displayName: null,
  accentColour: null,
  supportAddress: null,
  legalName: null,
  postalAddress: null,
  taxId: null,
  receiptFooter: null,
  logoSha256: null,
};

/** The profile of an account in a mode; one that says nothing where nothing was ever said. */
export async function profileOf(db: Database, { accountId, mode }: ProfileOwner): Promise<ProfileRow> {
  const row = await maybeOne<ProfileRow>(
    db,
    `select ${profileColumns} from account_profiles where account_id = $1 and mode = $2`,
    [accountId, mode],
  );
  return profileIn(row);
}

/** The same of the order that a statement calls so, as one value of its row: null, where nothing was ever said; see `profileIn`. */
export function profileWithin(order: string): string {
  return `(select to_jsonb(each) from (select ${profileColumns} from account_profiles
    where account_id = ${order}.account_id and mode = ${order}.mode) each)`;
}

export function profileIn(stored: ProfileRow | null): ProfileRow {
  return stored ?? nothingSaid;
}

/** Writes all that a profile says in words; its logo stays. */
export function writeProfile(db: Database, { accountId, mode }: ProfileOwner, profile: Profile): Promise<ProfileRow> {
  return one<ProfileRow>(
    db,
    `insert into account_profiles (account_id, mode, display_name, accent_colour, support_address, legal_name,
       postal_address, tax_id, receipt_footer) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (account_id, mode) do update set display_name = excluded.display_name,
       accent_colour = excluded.accent_colour, support_address = excluded.support_address,
       legal_name = excluded.legal_name, postal_address = excluded.postal_address, tax_id = excluded.tax_id,
       receipt_footer = excluded.receipt_footer, updated_at = now()
     returning ${profileColumns}`,
    [
      accountId,
      mode,
      profile.displayName,
      profile.accentColour,
      profile.supportAddress,
      profile.legalName,
      profile.postalAddress,
      profile.taxId,
      profile.receiptFooter,
    ],
  );
}

/** Shows a logo from now on, or none. */
export async function writeLogo(
  db: Database,
  { accountId, mode }: ProfileOwner,
  logo: Uint8Array | null,
): Promise<void> {
  const sha256 = logo && createHash('sha256').update(logo).digest('hex');
  await execute(
    db,
    `insert into account_profiles (account_id, mode, logo, logo_sha256) values ($1, $2, $3, $4)
     on conflict (account_id, mode) do update set logo = excluded.logo, logo_sha256 = excluded.logo_sha256,
       updated_at = now()`,
    [accountId, mode, logo, sha256],
  );
}

/** A logo that some account shows now. */
export async function findLogo(db: Database, sha256: string): Promise<Buffer | null> {
  const row = await maybeOne<{ logo: Buffer }>(db, 'select logo from account_profiles where logo_sha256 = $1 limit 1', [
    sha256,
  ]);
  return row?.logo ?? null;
}
