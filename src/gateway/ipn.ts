import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalise, reserialise } from './canonical-json.js';
import { withoutTrailingZeros } from './decimal-text.js';
import { parseNotice, readObject, type JsonObject, type ProviderPayment } from './wire.js';

/** A signed notification. One that passes only in form B tells of a payment and no figures: they are null. */
export type Ipn = ProviderPayment;

export type IpnVerdict =
  | {
      readonly kind: 'verified';
      readonly form: 'A' | 'B';
      readonly ipn: Ipn;
      readonly fingerprint: string; // equal for repeats of one notification
      readonly secretIndex: number;
    }
  | { readonly kind: 'other'; readonly signatureHash: string } // about a payout
  | { readonly kind: 'malformed'; readonly reason: string; readonly signatureHash: string } // signed, and yet unusable
  | { readonly kind: 'empty' }
  | { readonly kind: 'signature_missing' }
  | { readonly kind: 'signature_invalid' };

type Form = 'A' | 'B' | 'C';

interface Reading {
  readonly problem: string | null; // why a signed body of this kind is malformed all the same
  readonly texts: readonly (readonly [form: Form, text: () => string | Buffer | null])[];
}

/** Judges a notification from its raw bytes. Nothing is believed before a signature fits. */
export function verifyIpn(raw: Buffer, signatureHeader: string | undefined, secrets: readonly string[]): IpnVerdict {
  if (!signatureHeader) return { kind: 'signature_missing' };
  if (raw.length === 0) return { kind: 'empty' };
  // Buffer.from('zz', 'hex') is empty and timingSafeEqual throws on unequal lengths, so the shape comes first.
  if (!/^[0-9a-fA-F]{128}$/.test(signatureHeader)) return { kind: 'signature_invalid' };
  const text = strictUtf8(raw);
  const reading = readingOf(raw, text);
  const match = matching(reading, Buffer.from(signatureHeader, 'hex'), secrets);
  if (match === null) return { kind: 'signature_invalid' };

  const signatureHash = createHash('sha256').update(signatureHeader.toLowerCase()).digest('hex');
  const { form, secretIndex } = match;
  const object = reading.problem === null && text !== null ? readObject(text) : null;
  if (form === 'C' || object === null) {
    return { kind: 'malformed', reason: reading.problem ?? 'not a JSON object', signatureHash };
  }
  if (isPayout(object)) return { kind: 'other', signatureHash };
  const parsed = parseNotice(object);
  if (parsed.kind === 'refused') return { kind: 'malformed', reason: parsed.problem, signatureHash };
  const ipn = form === 'A' ? parsed.payment : withoutFigures(parsed.payment);
  return { kind: 'verified', form, ipn, fingerprint: fingerprintOf(parsed.payment), secretIndex };
}

/** Which spellings of the body the signature may be over. Broken bodies are hashed only to tell 400 from 401. */
function readingOf(raw: Buffer, text: string | null): Reading {
  const canonical = text === null ? ({ kind: 'not_an_object' } as const) : canonicalise(text);
  const formB = ['B', () => reserialise(text ?? '')] as const;
  const formC = ['C', () => raw] as const;
  switch (canonical.kind) {
    case 'object':
      return {
        problem: null,
        texts: [['A', () => canonical.text], formB, ...(canonical.hasLists ? withoutLists(text ?? '') : [])],
      };
    case 'duplicate_keys':
      return { problem: 'duplicate keys', texts: [formB, formC] };
    case 'too_deep':
      return { problem: 'nested too deep', texts: [formC] };
    case 'too_many_values':
      return { problem: 'too many values', texts: [formC] };
    case 'not_an_object':
      return { problem: 'not a JSON object', texts: [formC] };
  }
}

/** Both forms as the sorter in the provider's documentation makes them of a body with arrays. */
function withoutLists(text: string): Reading['texts'] {
  const formA = () => {
    const canonical = canonicalise(text, 'as_objects');
    return canonical.kind === 'object' ? canonical.text : null;
  };
  return [
    ['A', formA],
    ['B', () => reserialise(text, 'as_objects')],
  ];
}

function matching(
  { texts }: Reading,
  signature: Buffer,
  secrets: readonly string[],
): { form: Form; secretIndex: number } | null {
  for (const [form, textOf] of texts) {
    const text = textOf();
    if (text === null) continue;
    for (const [secretIndex, secret] of secrets.entries()) {
      // An empty key is a valid key: whoever forgot to set the secret would accept everybody.
      if (secret === '') continue;
      if (timingSafeEqual(createHmac('sha512', secret).update(text).digest(), signature)) return { form, secretIndex };
    }
  }
  return null;
}

function strictUtf8(raw: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return null; // no text, so no JSON: the caller says so
  }
}

function isPayout(object: JsonObject): boolean {
  const has = (key: string) => Object.hasOwn(object, key);
  return has('id') && has('status') && !has('payment_id') && !has('payment_status');
}

/** Form B forgets digits past 2^53, so a figure could have been changed without breaking the signature. */
function withoutFigures(payment: ProviderPayment): Ipn {
  return { ...payment, priceAmount: null, payAmount: null, actuallyPaid: null, fiatPaid: null };
}

/** Repeats carry no id of their own, so what a notification says is what it is. */
function fingerprintOf(payment: ProviderPayment): string {
  const { paymentId, status, payCurrency, actuallyPaid, parentPaymentId, updatedAtMs } = payment;
  const paid = actuallyPaid === null ? null : withoutTrailingZeros(actuallyPaid);
  const parts = ['v1', paymentId, status, payCurrency, paid, parentPaymentId, updatedAtMs];
  return createHash('sha256')
    .update(parts.map((part) => part ?? '-').join('\n'))
    .digest('hex');
}
