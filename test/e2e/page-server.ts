import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { consoleCounters } from '../../src/web/console/console-counters.js';
import { chooseLanguage } from '../../src/web/pay/language.js';
import { pageSecurityPolicy } from '../../src/web/layout.js';
import { paymentPage, paymentStatus } from '../../src/web/pay/payment-page.js';
import type { PaymentPageView } from '../../src/web/pay/payment-state.js';
import { staticRoot } from '../../src/web/static-files.js';
import { themeCss } from '../../src/web/theme.js';
import { aLogo } from '../support/a-logo.js';
import { consolePages } from '../web/console-pages.js';
import { counters } from '../web/console-views.js';
import { pending, views } from '../web/payment-views.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves every page from plain data: `/pay/<view>`, `/console/<page>`; `show()` changes what `/pay/live` says. */
export async function startPageServer() {
  const watching = new Set<ServerResponse>();
  let live: PaymentPageView = { ...pending, token: 'live', nowIso: new Date().toISOString() };
  let isStreaming = true;

  const answer = ({ url = '/' }: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(url, 'http://page');
    const [, area, name = '', part] = pathname.split('/');
    const strings = chooseLanguage({ wanted: searchParams.get('lang') ?? 'en' });
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', pageSecurityPolicy);
    const view =
      name === 'live' ? { ...live, nowIso: new Date().toISOString() } : { ...(views[name] ?? pending), token: name };
    if (area === 'static') {
      response.setHeader('content-type', mediaTypes[extname(name)] ?? 'text/plain');
      response.end(readFileSync(staticRoot + name));
    } else if (area === 'brand') {
      const isLogo = name.endsWith('.png');
      response.setHeader('content-type', isLogo ? 'image/png' : 'text/css; charset=utf-8');
      response.end(isLogo ? aLogo() : themeCss(`#${name.slice(0, 6)}`));
    } else if (area === 'pay' && part === 'events') {
      if (!isStreaming) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': open\n\n');
      watching.add(response);
      response.on('close', () => watching.delete(response));
    } else if (area === 'pay') {
      response.end(part === 'status' ? paymentStatus(view, strings) : paymentPage(view, strings));
    } else if (area === 'console' && name === 'counters') {
      response.end(consoleCounters(counters));
    } else {
      const page = area === 'console' ? consolePages[name] : undefined;
      response.writeHead(page ? 200 : 404).end(page?.() ?? '');
    }
  };

  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watchers: () => watching.size,
    setStreaming: (on: boolean) => {
      isStreaming = on;
      if (!on) for (const stream of watching) stream.end();
    },
    show: (view: Partial<PaymentPageView>) => {
      live = { ...live, ...view, mark: String(Math.random()) };
      for (const stream of watching) stream.write(`data: ${live.mark}\n\n`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
