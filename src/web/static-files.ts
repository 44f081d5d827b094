import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that is served under `/static/`. */
export const staticRoot = fileURLToPath(new URL('./static/', import.meta.url));

const names = ['styles.css', 'console.css', 'live-status.js', 'icon.svg'] as const;
type StaticName = (typeof names)[number];

const urls = new Map<StaticName, string>();

/** The address of a static file; it changes with the content, so that it may be cached for ever. */
export function staticUrl(name: StaticName): string {
  const known = urls.get(name);
  if (known) return known;
  const digest = createHash('sha256')
    .update(readFileSync(staticRoot + name))
    .digest('hex');
  const url = `/static/${name}?v=${digest.slice(0, 12)}`;
  urls.set(name, url);
  return url;
}

/** Whether this process would name the file by this address. */
export function isCurrentUrl(url: string): boolean {
  return names.some((name) => staticUrl(name) === url);
}
