import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const scripts = ['page.js', 'elements.js', 'payment-cards.js', 'scenario-buttons.js', 'ledger-list.js'];
const parts = ['page.css', ...scripts, 'icon.svg'];

/** The page is plain files: whatever runs in the browser is read there as it stands here. */
export function registerPage(app: FastifyInstance): void {
  serve(app, '/', ['page.html']);
  for (const name of parts) serve(app, `/_page/${name}`, name === 'page.css' ? ['page.css', 'parts.css'] : [name]);
}

function serve(app: FastifyInstance, path: string, names: readonly string[]): void {
  const text = names.map((name) => readFileSync(new URL(`./static/${name}`, import.meta.url), 'utf8')).join('\n');
  const type = types[names[0]?.split('.').at(-1) ?? ''] ?? 'text/plain';
  app.get(path, (_request, reply) =>
    reply
      .headers({
        'content-type': type,
        'content-security-policy': "default-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .send(text),
  );
}
