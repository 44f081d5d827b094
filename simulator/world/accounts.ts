import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const TOKEN_LIFE_S = 5 * 60;

export interface Account {
  key: string;
  label: string;
  ipnSecret: string;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** One account per API key; `key:secret` gives it an IPN secret of its own. All share one dashboard login. */
export function createAccounts(given: {
  apiKeys: readonly string[];
  ipnSecret: string;
  email?: string | undefined;
  password?: string | undefined;
}) {
  const accounts = given.apiKeys.map((text): Account => {
    const colon = text.indexOf(':');
    const key = colon === -1 ? text : text.slice(0, colon);
    const ipnSecret = colon === -1 ? given.ipnSecret : text.slice(colon + 1);
    return { key, label: createHash('sha256').update(key).digest('hex').slice(0, 8), ipnSecret };
  });
  const byKey = new Map(accounts.map((account) => [account.key, account]));
  const byLabel = new Map(accounts.map((account) => [account.label, account]));
  const tokenSecret = createHash('sha256').update(`${given.email}\n${given.password}\n${given.ipnSecret}`).digest();

  function sign(text: string): string {
    return createHmac('sha256', tokenSecret).update(text).digest('base64url');
  }

  return {
    byKey: (key: unknown): Account | undefined => (typeof key === 'string' ? byKey.get(key) : undefined),
    byLabel: (label: string): Account | undefined => byLabel.get(label),
    first: (): Account | undefined => accounts[0],
    logIn({ email, password, nowMs }: { email: unknown; password: unknown; nowMs: number }): string | null {
      if (given.email === undefined || email !== given.email || password !== given.password) return null;
      const issuedAt = Math.floor(nowMs / 1000);
      const claims = { id: '1', iat: issuedAt, exp: issuedAt + TOKEN_LIFE_S };
      const text = `${toBase64Url({ alg: 'HS256', typ: 'JWT' })}.${toBase64Url(claims)}`;
      return `${text}.${sign(text)}`;
    },
    isLoggedIn(authorization: string | undefined, nowMs: number): boolean {
      const token = /^Bearer (?<text>[\w-]+\.(?<claims>[\w-]+))\.(?<signature>[\w-]+)$/.exec(
        authorization ?? '',
      )?.groups;
      if (token === undefined || !isSame(token.signature ?? '', sign(token.text ?? ''))) return false;
      const { exp } = JSON.parse(Buffer.from(token.claims ?? '', 'base64url').toString()) as { exp: number };
      return nowMs < exp * 1000;
    },
  };
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

function toBase64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
