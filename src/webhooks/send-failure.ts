import { errors } from 'undici';

/** The one text for a target that is blocked, unknown or not answering. */
export const notReached = 'the endpoint could not be reached';

/** The text for an attempt that our own proxy made impossible: nobody was asked. */
export const notSent = 'not sent: our own way out is away';

/** The text for an answer that broke the protocol: whoever sent it was reached. */
export const notHttp = 'the answer is not HTTP';

const closedEarly = 'the connection was closed before an answer';
const cutShort = 'the attempt was cut short on our side';

const texts: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_SOCKET: closedEarly,
  ECONNRESET: closedEarly,
  EPIPE: closedEarly,
  UND_ERR_DESTROYED: cutShort,
  UND_ERR_CLOSED: cutShort,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: notHttp,
  ERR_ASSERTION: notHttp, // undici asserts what its parser lets through, such as a status below 100
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
};

/** What a merchant may read about an attempt without an answer: a text of ours, never the failure's own. */
export function failureText(failure: unknown): string {
  const code = codeOf(failure);
  if (texts[code]) return texts[code];
  if (failure instanceof errors.HTTPParserError) return notHttp; // its code is often missing
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/.test(code)) {
    return `TLS failed: ${code}`.slice(0, 500);
  }
  return notReached;
}

function codeOf(failure: unknown): string {
  const code = failure instanceof Error ? (failure as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}
