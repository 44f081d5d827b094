import type { IncomingHttpHeaders } from 'node:http';
import { verifyIpn, type IpnVerdict } from '../../gateway/ipn.js';
import type { AppDeps, IpnSecret } from '../deps.js';
import { notFound } from '../http/problem.js';

export const signatureHeader = 'x-nowpayments-sig';

interface Shown {
  readonly accountId: string | null;
  readonly raw: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly mayAskAgain: boolean; // false: whoever sends it has guessed so often that he costs us no more statements
}

/** Judges a notification by the secrets of the pair it was sent to; one that was set a moment ago counts at once. */
export async function judgeIpn(
  ipnSecrets: AppDeps['ipnSecrets'],
  { accountId, raw, headers, mayAskAgain }: Shown,
): Promise<{ readonly verdict: IpnVerdict; readonly secrets: readonly IpnSecret[] }> {
  const judge = async (isFresh: boolean) => {
    const secrets = await ipnSecrets(accountId, { isFresh });
    const texts = secrets.map(({ secret }) => secret);
    return { secrets, verdict: verifyIpn(raw, signatureIn(headers), texts) };
  };
  let judged = await judge(false);
  const isNone = judged.secrets.length === 0 || judged.verdict.kind === 'signature_invalid';
  if (isNone && accountId !== null && mayAskAgain) judged = await judge(true);
  if (judged.secrets.length === 0) throw notFound();
  return judged;
}

function signatureIn(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[signatureHeader];
  return Array.isArray(given) ? given.join(',') : given;
}
