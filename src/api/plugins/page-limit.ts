import type { App, AppDeps } from '../deps.js';
import { addressBlock } from '../http/address-block.js';
import { createCallBuckets } from '../http/call-buckets.js';
import { rateLimited } from '../http/problem.js';

const limited = ['/pay', '/brand', '/console', '/readyz'] as const;

/**
 * What is open without a key and asks the database, by address: `/pay`, `/brand`, `/console` and `/readyz`, each by itself, so that a
 * flood of one closes none of the others. Each process counts alone: telling the others would be a question to the database
 * for every page, which is what this spares, and would bury the guesses that are counted there.
 */
export function limitPages(app: App, { settings, nowMs }: Pick<AppDeps, 'settings' | 'nowMs'>): void {
  const perSecond = settings.maxPagesPerAddress / 60;
  const buckets = createCallBuckets(nowMs);

  app.addHook('onRequest', ({ routeOptions, url, ip }, _reply, next) => {
    // The route that was found, not what was typed: `/%70ay` is `/pay`.
    const path = routeOptions.url ?? url;
    const area = limited.find((start) => path === start || path.startsWith(`${start}/`));
    if (!area) return next();
    const { isGranted, left } = buckets.take(`${area} ${addressBlock(ip)}`, perSecond);
    if (!isGranted) throw rateLimited('Too many calls from this address.', (1 - left) / perSecond);
    next();
  });
}
