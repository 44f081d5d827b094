import type { Config } from '../../src/config.js';
import { isPrivateUrl } from './private-url.js';
import { findingsOf, messageOf, type Finding } from './finding.js';

const { ok, warn, bad } = findingsOf('callback');
const path = '/v1/webhooks/nowpayments';

/** Whether the provider can ring: our own IPN path at PUBLIC_URL, called as a stranger would. */
export async function lookAtCallback({ publicUrl, provider }: Config): Promise<Finding[]> {
  const url = publicUrl + path;
  const farAway = [provider.live, provider.test].some((settings) => settings && !isPrivateUrl(settings.apiUrl));
  const found: Finding[] = [];
  if (farAway && isPrivateUrl(publicUrl)) {
    found.push(
      bad(
        `${publicUrl} cannot be called from outside: no IPN arrives, orders are paid by polling only`,
        'Set PUBLIC_URL to the public https address of this API, or of a tunnel to it.',
      ),
    );
  } else if (farAway && !publicUrl.startsWith('https://')) {
    found.push(
      bad(`${publicUrl} is not https: notifications could be read on their way`, 'Put TLS in front of the API.'),
    );
  }
  found.push(await ring(url));
  return found;
}

async function ring(url: string): Promise<Finding> {
  const hint = 'Start the API, and let PUBLIC_URL lead to it: proxy, DNS, certificate, port.';
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (answer.status === 401 && text.includes('x-nowpayments-sig'))
      return ok(`${url} asks for a signature, as it should`);
    if (answer.status === 404 && text.includes('not-found')) {
      return bad(
        `${url} is closed: the running API knows no IPN secret`,
        'Set NOWPAYMENTS_IPN_SECRET and start the API again.',
      );
    }
    if (answer.status === 503) return warn(`${url} answers 503: the API is there, its database is not`, 'See above.');
    return bad(`${url} answers ${answer.status}, which is not our API`, hint);
  } catch (failure) {
    const cause = failure instanceof Error && failure.cause ? messageOf(failure.cause) : messageOf(failure);
    return bad(`${url} cannot be reached: ${cause}`, hint);
  }
}
