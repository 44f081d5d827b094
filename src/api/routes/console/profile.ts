import { z } from 'zod';
import { profileOf } from '../../../db/accounts/profiles.js';
import { modes, publicId } from '../../../domain/ids.js';
import { consoleProfilePage, profilePath } from '../../../web/console/accounts/console-profile-page.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { changeProfile } from '../../accounts/account-profile.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBasics, reasonField, wordOrNothing } from '../../console/form-fields.js';
import { acceptFiles } from '../../console/multipart-form.js';
import type { App, Routes } from '../../deps.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { accountParams } from '../../schemas/accounts.js';
import { logo, profileFields } from '../../schemas/account/profiles.js';

const url = '/accounts/:id/profile/:mode';
const params = accountParams.extend({ mode: z.enum(modes) });

/** A profile as its form sends it: what is left empty is not said. */
const profileForm = z.object({
  ...formBasics,
  display_name: wordOrNothing.pipe(profileFields.display_name.nullable()),
  accent_colour: wordOrNothing.pipe(profileFields.accent_colour.nullable()),
  support_address: wordOrNothing.pipe(profileFields.support_address.nullable()),
  legal_name: wordOrNothing.pipe(profileFields.legal_name.nullable()),
  postal_address: wordOrNothing.pipe(profileFields.postal_address.nullable()),
  tax_id: wordOrNothing.pipe(profileFields.tax_id.nullable()),
  receipt_footer: wordOrNothing.pipe(profileFields.receipt_footer.nullable()),
  logo: logo.optional(),
  no_logo: z.literal('yes').optional(),
  reason: reasonField,
});

/** How accounts show themselves. Payers write to the address that stands there: it is for who has just shown that it is him. */
export const consoleProfileRoutes: Routes = (console, deps) => {
  console.get(url, { config: forConsole('page'), schema: { hide: true, params } }, async (request, reply) => {
    const { id, mode } = request.params;
    const account = await accountIn(deps.pool, id);
    const profile = await profileOf(deps.pool, { accountId: account.id, mode });
    const context = await consoleContext(deps, request, reply);
    const shown = { id: publicId('account', account.id), name: account.name };
    return sendPage(reply, consoleProfilePage({ context, account: shown, mode, profile }));
  });

  void console.register(async (scope: App) => {
    acceptFiles(scope);
    scope.post(
      url,
      {
        config: { ...forConsole('account:change'), confirmed: true },
        schema: { hide: true, params, body: profileForm },
      },
      async (request, reply) => {
        const { csrf: _, back: __, logo: picture, no_logo, reason, ...words } = request.body;
        const { mode } = request.params;
        const accountId = accountIdIn(request.params.id, 'id');
        const logo_png = picture ?? (no_logo ? null : undefined);
        await changeProfile(deps, { accountId, mode }, { ...words, logo_png }, { actor: actorIn(request), reason });
        const text = `Payers of ${mode} orders read it from now on.`;
        return backWith(reply, profilePath(publicId('account', accountId), mode), { tone: 'good', text });
      },
    );
  });
};
