import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { dnsLookup, hostsLookup, type Lookup } from './lookup.js';

export interface TargetRules {
  /** `host:port` pairs that may be http, on any port and at any address: development and tests only. */
  readonly allowTargets: readonly string[];
  /** Our own public hosts, `host` or `host:port`: a delivery to ourselves could loop. */
  readonly ownHosts: readonly string[];
}

/** The rules of an installation: the same when an endpoint is registered and at each attempt. */
export function targetRules(config: {
  readonly webhookAllowTargets: readonly string[];
  readonly publicUrl: string;
}): TargetRules {
  return { allowTargets: config.webhookAllowTargets, ownHosts: [new URL(config.publicUrl).hostname] };
}

export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}
export type UrlVerdict = { readonly kind: 'ok'; readonly url: URL } | Refused;
export type AddressVerdict = { readonly kind: 'ok' } | Refused;
export type TargetVerdict = { readonly kind: 'ok'; readonly addresses: readonly string[] } | Refused;

/** One text for what is blocked and for what is not there, so that answers do not map a private network. */
export const unreachable = 'must lead to a public host that can be reached';

const privateName = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|onion|home\.arpa)$/;

const globalIpv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Judges a URL as the WHATWG parser understands it: what would be dialled, not what was typed. */
export function checkUrl(text: string, rules: TargetRules): UrlVerdict {
  const url = /[\x00-\x20\x7f\\]/.test(text) || !URL.canParse(text) ? null : new URL(text);
  if (!url) return refused('must be a URL');
  if (url.username !== '' || url.password !== '') return refused('must not contain a user name or password');
  if (isAllowed(url, rules)) return { kind: 'ok', url };
  if (url.protocol !== 'https:') return refused('must use https');
  if (url.port !== '') return refused('must use port 443');
  const host = bareHost(url);
  if (isOwn(url, rules)) return refused(unreachable);
  if (isIP(host)) return checkAddress(host).kind === 'ok' ? { kind: 'ok', url } : refused(unreachable);
  return !host.includes('.') || privateName.test(host) ? refused(unreachable) : { kind: 'ok', url };
}

/** Only addresses that lead somewhere on the public Internet, and that do not carry another address inside. */
export function checkAddress(address: string): AddressVerdict {
  if (!ipaddr.isValid(address)) return refused(unreachable);
  const parsed = ipaddr.parse(address);
  // ipaddr.js calls `::/96` unicast: an IPv4-compatible address such as ::7f00:1 lies there, outside of 2000::/3.
  const isPublic =
    parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(globalIpv6));
  return isPublic ? { kind: 'ok' } : refused(unreachable);
}

/** All addresses of a checked URL; refused when any of them is special, since the choice would be the attacker's. */
export async function resolveTarget(url: URL, rules: TargetRules, lookup?: Lookup): Promise<TargetVerdict> {
  const verdict = checkUrl(url.href, rules);
  if (verdict.kind === 'refused') return verdict;
  const host = bareHost(url);
  if (isIP(host)) return { kind: 'ok', addresses: [host] };
  const allowed = isAllowed(url, rules);
  const addresses = await addressesOf(host, lookup ?? (allowed ? hostsLookup : publicLookup));
  const isGood = addresses.length > 0 && (allowed || addresses.every((address) => checkAddress(address).kind === 'ok'));
  return isGood ? { kind: 'ok', addresses } : refused(unreachable);
}

/** Why a URL would be refused, resolved now; null when it would be called. */
export async function refusalOfTarget(text: string, rules: TargetRules, lookup?: Lookup): Promise<string | null> {
  const parsed = checkUrl(text, rules);
  const verdict = parsed.kind === 'ok' ? await resolveTarget(parsed.url, rules, lookup) : parsed;
  return verdict.kind === 'ok' ? null : verdict.reason;
}

const publicLookup = dnsLookup();

async function addressesOf(host: string, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch {
    return []; // a name without addresses is refused like a blocked one
  }
}

function isAllowed(url: URL, { allowTargets }: TargetRules): boolean {
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && allowTargets.some((target) => target.toLowerCase() === hostAndPort(url));
}

function isOwn(url: URL, { ownHosts }: TargetRules): boolean {
  return ownHosts.some((own) => [bareHost(url), url.hostname, hostAndPort(url)].includes(own.toLowerCase()));
}

function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** Without the brackets of IPv6 and the root's dot. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
