import ipaddr from 'ipaddr.js';

/**
 * What counts as one address where attempts are limited: an IPv4 address, or the /64 that one customer of a provider gets
 * and can choose from at will. Of a connection that is closed already Node tells none, whatever the types say.
 */
export function addressBlock(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address); // ::ffff:192.0.2.1 is 192.0.2.1
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const [a = 0, b = 0, c = 0, d = 0] = (parsed as ipaddr.IPv6).parts;
  return `${new ipaddr.IPv6([a, b, c, d, 0, 0, 0, 0]).toString()}/64`;
}
