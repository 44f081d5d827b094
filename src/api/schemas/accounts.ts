import { z } from 'zod';
import { providerChoices, type AccountSettings } from '../../domain/account.js';
import { modes } from '../../domain/ids.js';
import { reason } from './admin-orders.js';
import { coin } from './orders.js';
import { cursorText, decimalNumber, instant, pageLimit, text } from './text.js';

const count = z.number().int().min(0).max(1_000_000_000);

/** Each setting, as it is when it is set. */
export const settingFields = {
  provider: z.enum(providerChoices),
  default_pay_currency: coin,
  strict_idempotency: z.boolean(),
  max_unpaid_24h: count,
  max_pending: count,
  max_mints_24h: count,
  min_charge: decimalNumber(0, 1_000_000_000),
  rate_limit: z.number().int().min(1).max(1_000_000),
} satisfies Record<keyof AccountSettings, z.ZodType>;

/** What is named is set; null takes the default again. An unknown setting is refused: it would have no effect. */
const settings = z.strictObject({
  provider: settingFields.provider.nullable().optional(),
  default_pay_currency: settingFields.default_pay_currency.nullable().optional(),
  strict_idempotency: settingFields.strict_idempotency.nullable().optional(),
  max_unpaid_24h: settingFields.max_unpaid_24h.nullable().optional(),
  max_pending: settingFields.max_pending.nullable().optional(),
  max_mints_24h: settingFields.max_mints_24h.nullable().optional(),
  min_charge: settingFields.min_charge.nullable().optional(),
  rate_limit: settingFields.rate_limit.nullable().optional(),
});
export type SettingsChange = z.output<typeof settings>;

const name = text(1, 200).refine((words) => words.trim() !== '', 'expected words, not blanks');

export const newAccountBody = z.object({ name, settings: settings.default({}), reason });

export const accountChangeBody = z
  .object({ name: name.optional(), settings: settings.optional(), reason })
  .refine((change) => change.name !== undefined || change.settings !== undefined, {
    error: 'expected at least one of name, settings',
  });

export const accountParams = z.object({ id: text(1, 100) });

export const pageQuery = z.object({ limit: pageLimit(200, 50), cursor: cursorText });

const pairSource = z.enum(['own', 'installation', 'stub']);

export const accountAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    settings: z.object(settingFields),
    /** Whose credentials mint: the account's, the installation's, or nobody's. */
    provider: z.object({ live: pairSource, test: pairSource }),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Account' });
export type AccountAnswer = z.output<typeof accountAnswer>;

export const accountList = z.object({ accounts: z.array(accountAnswer), next_cursor: z.string().nullable() });

const secret = (max: number) =>
  z
    .string()
    .meta({ pattern: `^\\s*[\\x21-\\x7e]{1,${max}}\\s*$` }) // of what is sent: around it blanks are taken off
    .transform((value) => value.trim())
    .pipe(z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${max}}$`), `expected 1 to ${max} visible ASCII characters`));

const email = z
  .email()
  .max(320)
  .refine((address) => address.lastIndexOf('@') <= 64, 'expected at most 64 characters before the @'); // RFC 5321

/** Each part of a pair, as it is when it is given. */
export const credentialFields = {
  mode: z.enum(modes),
  api_key: secret(200),
  ipn_secret: secret(500),
  email,
  password: text(1, 500),
  payout_coin: coin,
};

export const credentialsBody = z
  .object({
    ...credentialFields,
    email: credentialFields.email.nullish(),
    password: credentialFields.password.nullish(),
    payout_coin: credentialFields.payout_coin.nullish(),
    reason,
  })
  .refine(({ email, password }) => (email == null) === (password == null), {
    path: ['password'],
    error: 'expected email and password together, or neither',
  });

const operatorName = text(2, 64).meta({ description: 'Of an operator’s key: whose it is. Else it is its maker’s.' });
const endOfKey = 'From then on the key opens nothing. Null: it does not end by itself.';

const scope = z.string().regex(/^[a-z][a-z0-9_:.-]{0,63}$/, 'expected a scope such as write');

export const newKeyBody = z.object({
  account_id: text(1, 100).nullable(),
  mode: z.enum(modes),
  scopes: z
    .array(scope)
    .min(1)
    .max(20)
    .refine((all) => new Set(all).size === all.length, 'expected distinct scopes'),
  name,
  expires_at: instant.nullish().meta({ description: endOfKey }),
  operator: operatorName.optional(),
  reason,
});

export const keysQuery = pageQuery.extend({
  account_id: text(1, 100).optional(),
  mode: z.enum(modes).optional(),
});

export const keyAnswer = z
  .object({
    id: z.string(),
    account_id: z.string().nullable(),
    mode: z.enum(modes),
    prefix: z.string(),
    scopes: z.array(z.string()),
    name: z.string(),
    expires_at: z.string().nullable().meta({ description: endOfKey }),
    revoked_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    created_at: z.string(),
    operator: z.string().nullable(),
  })
  .meta({ id: 'ApiKey' });
export type KeyAnswer = z.output<typeof keyAnswer>;

export const createdKeyAnswer = keyAnswer.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });

export const keyList = z.object({ api_keys: z.array(keyAnswer), next_cursor: z.string().nullable() });
