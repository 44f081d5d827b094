import { isIP } from 'node:net';
import { checkAddress } from '../../src/webhooks/destination.js';

/** Whether an address, or the /64 it stands in, is of this machine or its network. */
export function isPrivateAddress(block: string): boolean {
  const address = block.replace(/\/64$/, '');
  return isIP(address) !== 0 && checkAddress(address).kind === 'refused';
}

/** Whether a URL leads into this machine or its network, so that nobody outside can call it. */
export function isPrivateUrl(text: string): boolean {
  const host = new URL(text).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return checkAddress(host).kind === 'refused';
  return !host.includes('.') || /\.(localhost|local|internal|test|lan|home)$/.test(host);
}
