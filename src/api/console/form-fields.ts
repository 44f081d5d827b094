import { z } from 'zod';
import { text } from '../schemas/text.js';

/** What every form of the console sends besides its subject. */
export const formBasics = { csrf: z.string(), back: z.string().optional() };

/** A field left empty says nothing. */
export const wordOrNothing = z.string().transform((typed) => typed.trim() || null);

export const numberOrNothing = wordOrNothing
  .refine((typed) => typed === null || /^\d{1,15}(\.\d{1,15})?$/.test(typed), 'expected a number')
  .transform((typed) => (typed === null ? null : Number(typed)));

export const yesNoOrNothing = wordOrNothing.transform((typed) => (typed === null ? null : typed === 'true'));

/** Why somebody does it, for the audit log; he may leave it out. */
export const reasonField = text(0, 500).transform((typed) => typed.trim() || null);
