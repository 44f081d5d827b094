import { webCrypto } from './webcrypto.js';

export type HeaderValue = string | readonly string[] | null | undefined;

/** Node's `request.headers`, or Fetch `Headers`. */
export type HeaderSource = { get(name: string): string | null } | Readonly<Record<string, HeaderValue>>;

/** A body as it came: what `request.text()`, `request.arrayBuffer()` or Node's chunks give. */
export type WebhookBody = string | Uint8Array | ArrayBuffer;

interface Clock {
  /** How far the sender's clock may be from ours, either way; 300 when absent. */
  toleranceSec?: number;
  nowMs?: number;
}

export interface VerifyWebhookOptions extends Clock {
  /** The body exactly as received, before any parsing. */
  body: WebhookBody;
  /** `x-driftstack-signature`. */
  header: HeaderValue;
  /** A second header of the same form, tried when the first does not hold. */
  headerPrev?: HeaderValue;
  secret: string;
}

export interface VerifyStandardWebhookOptions extends Clock {
  /** The body exactly as received, before any parsing. */
  body: WebhookBody;
  /** With `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
  headers: HeaderSource;
  secret: string;
}

/** Whether the delivery is genuine and fresh. Never throws: whatever is wrong, the answer is false. */
export async function verifyWebhookSignature(options: VerifyWebhookOptions): Promise<boolean> {
  try {
    const key = await hmacKey(encode(options.secret));
    for (const header of [options.header, options.headerPrev]) {
      const signed = parseSignature(firstOf(header));
      if (!signed || !isFresh(signed.t, options)) continue;
      if (await anyMatches(key, join(`${signed.t}.`, options.body), signed.signatures)) return true;
    }
    return false;
  } catch {
    return false; // as promised: a receiver answers 400, it does not crash
  }
}

/** The same for the Standard Webhooks headers, which also bind the event id. Never throws. */
export async function verifyStandardWebhook(options: VerifyStandardWebhookOptions): Promise<boolean> {
  try {
    const [id, t, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
      headerOf(options.headers, name),
    );
    if (!id || !t || !signatures || !isFresh(t, options)) return false;
    const key = await hmacKey(fromBase64(options.secret.replace(/^whsec_/, '')));
    const given = signatures.split(' ').filter((signature) => /^v1,[A-Za-z0-9+/]{43}=$/.test(signature));
    return await anyMatches(
      key,
      join(`${id}.${t}.`, options.body),
      given.map((text) => fromBase64(text.slice(3))),
    );
  } catch {
    return false;
  }
}

/** The value of a header in any case; of several, the first. */
export function headerOf(headers: HeaderSource, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : firstOf(headers[found]);
}

function isFetchHeaders(headers: HeaderSource): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

function firstOf(header: HeaderValue): string | undefined {
  return (typeof header === 'string' ? header : header?.[0]) ?? undefined;
}

// t=<unix seconds>,v1=<hex>[,v1=<hex>]: one t, any number of v1, other members ignored.
function parseSignature(header: string | undefined): { t: string; signatures: Uint8Array[] } | null {
  const members = (header ?? '').split(',').map((member) => member.trim());
  const times = members.filter((member) => member.startsWith('t='));
  const signatures = members
    .filter((member) => /^v1=[0-9a-f]{64}$/i.test(member))
    .map((member) => fromHex(member.slice(3)));
  const t = times[0]?.slice(2);
  return t !== undefined && times.length === 1 && signatures.length > 0 ? { t, signatures } : null;
}

function isFresh(t: string, { toleranceSec = 300, nowMs = Date.now() }: Clock): boolean {
  return /^\d{1,12}$/.test(t) && Math.abs(Math.floor(nowMs / 1000) - Number(t)) <= toleranceSec;
}

async function hmacKey(secret: Uint8Array<ArrayBuffer>): Promise<HmacKey> {
  const subtle = await webCrypto();
  if (!subtle || secret.length === 0) throw new TypeError('no WebCrypto, or an empty secret');
  const key = await subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return async (content) => new Uint8Array(await subtle.sign('HMAC', key, content));
}

type HmacKey = (content: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

async function anyMatches(key: HmacKey, content: Uint8Array<ArrayBuffer>, given: Uint8Array[]): Promise<boolean> {
  const expected = await key(content);
  return given.some((signature) => sameBytes(signature, expected));
}

// In constant time: how far a guess was right must not show.
function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  return left.reduce((difference, byte, at) => difference | (byte ^ (right[at] ?? 0)), 0) === 0;
}

function join(prefix: string, body: WebhookBody): Uint8Array<ArrayBuffer> {
  const head = encode(prefix);
  // Of an ArrayBuffer the bytes; it has no length of its own by which they could be copied.
  const tail = typeof body === 'string' ? encode(body) : new Uint8Array(body);
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
