import type { ComponentChildren, VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { staticUrl } from './static-files.js';
import { themeUrl } from './theme.js';

/** Nothing from elsewhere, nothing inline, in nobody's frame. Goes with every page. */
export const pageSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

interface LayoutProps {
  readonly title: string;
  readonly language: string;
  readonly direction?: 'ltr' | 'rtl';
  readonly stylesheet?: 'console.css'; // on top of the common one
  readonly accent?: string | null; // in the place of ours
  readonly refreshSeconds?: number | null; // for browsers without script
  readonly children: ComponentChildren;
}

function Layout({ title, language, direction, stylesheet, accent, refreshSeconds, children }: LayoutProps): VNode {
  return (
    <html lang={language} dir={direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <title>{title}</title>
        <link rel="icon" href={staticUrl('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={staticUrl('styles.css')} />
        {stylesheet && <link rel="stylesheet" href={staticUrl(stylesheet)} />}
        {accent && <link rel="stylesheet" href={themeUrl(accent)} />}
        {refreshSeconds && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        <script type="module" src={staticUrl('live-status.js')} />
      </head>
      <body>{children}</body>
    </html>
  );
}

/** A whole page as text. */
export function htmlPage(props: LayoutProps): string {
  return `<!doctype html>\n${render(<Layout {...props} />)}`;
}

/** A part of a page, for the browser script to swap in. */
export function htmlFragment(part: VNode): string {
  return render(part);
}
