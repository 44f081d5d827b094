import type { LightMyRequestResponse } from 'fastify';
import { createOperator } from '../../src/db/support/operators.js';
import type { OperatorRole } from '../../src/domain/access/operator.js';
import type { App, AppDeps } from '../../src/api/deps.js';

export const operatorPassword = 'correct horse battery';

/** A browser at the console, without a browser: keeps cookies, fills in the forms of the page it last saw. */
export interface ConsoleVisitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Sends a form as it stands: no token is added. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Sends a form with the token of the page seen last. */
  submit(path: string, form?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** The same as browsers send a form with a file in it. */
  upload(path: string, form: Record<string, string | Buffer>): Promise<LightMyRequestResponse>;
  login(name: string, password?: string): Promise<LightMyRequestResponse>;
}

export function consoleVisitor(app: App, remoteAddress = '127.0.0.1'): ConsoleVisitor {
  const cookies = new Map<string, string>();
  let lastPage = '';

  async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string | Buffer) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await app.inject({
      method,
      url,
      remoteAddress,
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, maxAge, expires } of answer.cookies) {
      if (maxAge === 0 || (expires && expires.getTime() <= Date.now())) cookies.delete(name);
      else cookies.set(name, value);
    }
    if (answer.headers['content-type']?.toString().startsWith('text/html')) lastPage = answer.body;
    return answer;
  }

  const visitor: ConsoleVisitor = {
    cookies,
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, form, headers = {}) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        new URLSearchParams(form).toString(),
      ),
    submit: (path, form = {}) => visitor.post(path, { csrf: tokenIn(lastPage), ...form }),
    async upload(path, fields) {
      const form = new FormData();
      for (const [name, value] of Object.entries({ csrf: tokenIn(lastPage), ...fields })) {
        form.set(name, typeof value === 'string' ? value : new Blob([new Uint8Array(value)], { type: 'image/png' }));
      }
      const body = new Response(form);
      const type = body.headers.get('content-type') ?? '';
      return send('POST', path, { 'content-type': type }, Buffer.from(await body.arrayBuffer()));
    },
    async login(name, password = operatorPassword) {
      await visitor.get('/console/login');
      return visitor.submit('/console/login', { name, password });
    },
  };
  return visitor;
}

/** The token in the forms of a page. */
export function tokenIn(html: string): string {
  return /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

/** A new operator, already at the console. */
export async function operatorAtConsole(
  { app, deps }: { app: App; deps: AppDeps },
  name: string,
  role: OperatorRole,
): Promise<ConsoleVisitor> {
  await createOperator(deps.pool, { name, role, password: operatorPassword });
  const visitor = consoleVisitor(app);
  const answer = await visitor.login(name);
  if (answer.statusCode !== 303) throw new Error(`${name} cannot log in: ${answer.statusCode} ${answer.body}`);
  return visitor;
}
