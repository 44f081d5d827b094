/** An https URL of a site, without a name or a password in it. */
export function isHttpsUrl(given: string): boolean {
  if (!/^https:\/\/[^\s\u0000-\u0020\u007f]+$/i.test(given) || !URL.canParse(given)) return false;
  const { username, password } = new URL(given);
  return username === '' && password === '';
}
