import { z } from 'zod';
import { modes } from '../../../domain/ids.js';
import { accentFault } from '../../../web/theme.js';
import { reason } from '../admin-orders.js';
import { logoLimits, readLogo } from './logo-image.js';
import { printableLine as line, printableLines as lines } from '../printable.js';
import { isHttpsUrl } from '../urls.js';

const colour = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, { error: 'expected a colour such as #0b6b63', abort: true })
  .transform((given) => given.toLowerCase())
  .superRefine((given, context) => {
    const fault = accentFault(given);
    if (fault !== null) context.addIssue(fault);
  });

const supportAddress = line(254).refine(
  (given) => z.email().safeParse(given).success || isHttpsUrl(given),
  'expected a mail address or an https URL',
);

/** Each line of a profile, as it is when it is said. */
export const profileFields = {
  display_name: line(60),
  accent_colour: colour,
  support_address: supportAddress,
  legal_name: line(120),
  postal_address: lines(400, 6),
  tax_id: line(60),
  receipt_footer: lines(300, 4),
} as const;

/** A picture that pages can show: its bytes as they are kept. What is none is refused in words. */
export const logo = z.instanceof(Uint8Array).transform((bytes, context): Buffer => {
  const read = readLogo(Buffer.from(bytes));
  if ('png' in read) return read.png;
  context.addIssue(read.fault);
  return z.NEVER;
});

const logoText = z
  .string()
  .max(Math.ceil(logoLimits.bytes / 3) * 4, `expected a PNG of at most ${logoLimits.bytes / 1024} KB, in base64`)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/, { error: 'expected a PNG in base64', abort: true })
  .meta({ contentEncoding: 'base64', contentMediaType: 'image/png' })
  .transform((given) => new Uint8Array(Buffer.from(given, 'base64')))
  .pipe(logo);

/** What is named is said from now on; null takes it back. */
const change = {
  display_name: profileFields.display_name.nullable().optional(),
  logo_png: logoText.nullable().optional(),
  accent_colour: profileFields.accent_colour.nullable().optional(),
  support_address: profileFields.support_address.nullable().optional(),
  legal_name: profileFields.legal_name.nullable().optional(),
  postal_address: profileFields.postal_address.nullable().optional(),
  tax_id: profileFields.tax_id.nullable().optional(),
  receipt_footer: profileFields.receipt_footer.nullable().optional(),
};

const saysSomething: [(body: Readonly<Record<string, unknown>>) => boolean, string] = [
  (body) => Object.keys(change).some((name) => body[name] !== undefined),
  `expected at least one of ${Object.keys(change).join(', ')}`,
];

export const profileBody = z.object(change).refine(...saysSomething);
export type ProfileChange = z.output<typeof profileBody>;

export const adminProfileBody = z.object({ ...change, reason }).refine(...saysSomething);

export const profileQuery = z.object({ mode: z.enum(modes).default('live') });

export const profileAnswer = z
  .object({
    display_name: z.string().nullable(),
    logo_url: z.string().nullable(),
    accent_colour: z.string().nullable(),
    support_address: z.string().nullable(),
    legal_name: z.string().nullable(),
    postal_address: z.string().nullable(),
    tax_id: z.string().nullable(),
    receipt_footer: z.string().nullable(),
    livemode: z.boolean(),
  })
  .meta({ id: 'Profile' });
