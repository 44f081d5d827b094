import { lookup as systemLookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name; an empty list or a rejection when it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/**
 * Asks DNS over sockets of our own. `dns.lookup` would share libuv's few threads, and there one merchant's hanging name
 * server holds up the names of all others.
 */
export function dnsLookup(resolver = new Resolver({ timeout: 1_000, tries: 2 })): Lookup {
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

/** For allow-listed targets: the machine's own view, so that /etc/hosts and container names work in development. */
export const hostsLookup: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address);
