import type { Dispatcher } from 'undici';
import { wireWords } from '../domain/brand.js';
import { waitAskedMs } from '../domain/retry-after.js';
import { day } from '../domain/timing.js';

type Body = Dispatcher.ResponseData['body'];
type Headers = Dispatcher.ResponseData['headers'];

const excerptChars = 4_096;
const excerptBytes = 16_384; // 4,096 characters in UTF-8, and more, so that the cut falls after redaction
const longestRetryAfterMs = 7 * day;

/** Throws away a body nobody reads. A short one that is there already leaves its connection usable. */
export async function discard(body: Body, patienceMs = 250): Promise<void> {
  await body.dump({ limit: excerptBytes, signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
}

/** The beginning of an answer, as much of it as came before `signal`, fit for a database and for other eyes. */
export async function readExcerpt(body: Body, headers: Headers): Promise<string | null> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    await discard(body, 0); // nobody asked for it, and unpacking is how a bomb goes off
    return null;
  }
  const bytes = await firstBytes(body);
  return bytes.length === 0 ? null : excerptOf(bytes.toString('utf8'));
}

/** Clean and short: no NUL (PostgreSQL refuses it), no half of a surrogate pair, no credentials. */
export function excerptOf(text: string): string {
  return redact(text.replaceAll('\0', '\uFFFD'))
    .slice(0, excerptChars)
    .replace(/[\uD800-\uDBFF]$/, '');
}

/** Retry-After as a wait; null when it is rubbish or over. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  if (typeof header !== 'string') return null;
  const waitMs = waitAskedMs(header, nowMs);
  return waitMs !== null && waitMs > 0 ? Math.min(waitMs, longestRetryAfterMs) : null;
}

const removed = '[redacted]';
const named =
  /((?:authorization|password|passwd|secret|token|api[-_]?key|access[-_]?key|cookie|session)"?\s{0,8}[:=]\s{0,8})("[^"]{0,2000}"?|(?:(?:Bearer|Basic)\s+)?[^\s,;&"'<>}]{1,2000})/gi;
const shaped = new RegExp(
  [
    String.raw`whsec_[\w+/=-]{8,}`,
    String.raw`\b${wireWords.keyPrefix}(?:live|test)_\w{8,}`,
    String.raw`\b[a-z]{2}_(?:live|test)_\w{8,}`,
    String.raw`\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}`,
    String.raw`\beyJ[\w-]{8,2000}\.[\w-]{8,2000}\.[\w-]*`,
    String.raw`\bAKIA[A-Z0-9]{16}\b`,
    String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*`,
  ].join('|'),
  'g',
);

/** What looks like a credential: receivers echo request headers, and error pages print settings. */
export function redact(text: string): string {
  return text
    .replace(shaped, removed)
    .replace(named, `$1${removed}`)
    .replace(/\/\/[^\s/@]{1,200}@/g, `//${removed}@`);
}

async function firstBytes(body: Body): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= excerptBytes) break; // leaving the loop closes the connection
    }
  } catch {
    // Cut off by time or by the peer: what came is the excerpt.
  }
  return Buffer.concat(chunks).subarray(0, excerptBytes);
}
