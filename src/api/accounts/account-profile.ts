import { isDeepStrictEqual } from 'node:util';
import { lockAccount } from '../../db/accounts/accounts.js';
import { profileOf, writeLogo, writeProfile, type ProfileOwner, type ProfileRow } from '../../db/accounts/profiles.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { publicId } from '../../domain/ids.js';
import type { Profile } from '../../domain/merchant/profile.js';
import { logoUrl } from '../../web/theme.js';
import type { AppDeps } from '../deps.js';
import { notFound } from '../http/problem.js';
import type { ProfileChange } from '../schemas/account/profiles.js';
import type { Asker } from './new-key.js';

/** Says what is named, and leaves the rest. */
export function changeProfile(
  { pool }: Pick<AppDeps, 'pool'>,
  owner: ProfileOwner,
  change: ProfileChange,
  { actor, reason }: Asker,
): Promise<ProfileRow> {
  return inTransaction(pool, async (db) => {
    if (!(await lockAccount(db, owner.accountId))) throw notFound();
    const before = await profileOf(db, owner);
    if (change.logo_png !== undefined) await writeLogo(db, owner, change.logo_png);
    const after = await writeProfile(db, owner, changed(before, change));
    if (isDeepStrictEqual(before, after)) return after; // nothing changes, nothing is audited
    await appendAudit(db, {
      actor,
      action: 'account.profile_updated',
      reason,
      accountId: owner.accountId,
      subject: publicId('account', owner.accountId),
      before: audited(owner, before),
      after: audited(owner, after),
    });
    return after;
  });
}

function changed(before: Profile, change: ProfileChange): Profile {
  const or = (said: string | null | undefined, kept: string | null) => (said === undefined ? kept : said);
  return {
    displayName: or(change.display_name, before.displayName),
    accentColour: or(change.accent_colour, before.accentColour),
    supportAddress: or(change.support_address, before.supportAddress),
    legalName: or(change.legal_name, before.legalName),
    postalAddress: or(change.postal_address, before.postalAddress),
    taxId: or(change.tax_id, before.taxId),
    receiptFooter: or(change.receipt_footer, before.receiptFooter),
  };
}

function audited({ mode }: ProfileOwner, row: ProfileRow): object {
  return { mode, ...saidOf(row), logo_sha256: row.logoSha256 };
}

export function profileAnswerOf({ settings }: Pick<AppDeps, 'settings'>, { mode }: ProfileOwner, row: ProfileRow) {
  return {
    ...saidOf(row),
    logo_url: row.logoSha256 && settings.publicUrl + logoUrl(row.logoSha256),
    livemode: mode === 'live',
  };
}

function saidOf(row: Profile) {
  return {
    display_name: row.displayName,
    accent_colour: row.accentColour,
    support_address: row.supportAddress,
    legal_name: row.legalName,
    postal_address: row.postalAddress,
    tax_id: row.taxId,
    receipt_footer: row.receiptFooter,
  };
}
