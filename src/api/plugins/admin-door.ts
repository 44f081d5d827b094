import ipaddr from 'ipaddr.js';
import type { App, AppDeps } from '../deps.js';
import { forbidden } from '../http/problem.js';

/** Whom the operators' address answers: those of the list, or everybody who reaches it where there is none. */
export function guardAdminDoor(app: App, { settings }: Pick<AppDeps, 'settings'>): void {
  if (settings.adminAllow.length === 0) return;
  app.addHook('onRequest', async ({ ip }) => {
    if (!isListed(ip, settings.adminAllow)) throw forbidden('This address is not one that may come in here.');
  });
}

/** Whether an address is one of the list, or in one of its networks. Of a closed connection Node tells none: it is not. */
export function isListed(address: string | undefined, list: readonly string[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address); // ::ffff:192.0.2.1 is 192.0.2.1
  return list.some((entry) => {
    const [network, bits] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : singleOf(entry);
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}

function singleOf(entry: string): [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number] {
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
