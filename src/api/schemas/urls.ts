const plain = /^https?:\/\/[^\s\u0000-\u0020\u007f]+$/i;
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An https URL of a site, without a name or a password in it. */
export function isHttpsUrl(given: string): boolean {
  return siteOf(given)?.protocol === 'https:';
}

/** The same, or one of this machine without TLS, as shops have it while they are written. */
export function isShopUrl(given: string): boolean {
  const url = siteOf(given);
  return url !== null && (url.protocol === 'https:' || loopback.test(url.hostname));
}

function siteOf(given: string): URL | null {
  if (!plain.test(given) || !URL.canParse(given)) return null;
  const url = new URL(given);
  return url.username === '' && url.password === '' ? url : null;
}
