import type { Config } from '../../src/config.js';
import { attemptOrigins } from '../../src/db/attempt-counts.js';
import type { Pool } from '../../src/db/pool.js';
import { findingsOf, type Finding } from './finding.js';
import { isPrivateAddress } from './private-url.js';

const { ok, warn } = findingsOf('addresses');
const enoughToTell = 20;

/** Whether callers can be told apart: limits by address count all of them as one behind a proxy that is not named. */
export async function lookAtAddresses({ publicUrl, trustedProxies }: Config, pool: Pool): Promise<Finding> {
  const { addresses, attempts, example } = await attemptOrigins(pool);
  const mend = 'Name the proxy in TRUSTED_PROXIES, and let it set x-forwarded-for.';
  if (trustedProxies.length === 0 && publicUrl.startsWith('https://')) {
    return warn(
      `a proxy ends TLS for ${publicUrl}, and none is named: all callers share its address and its limits`,
      mend,
    );
  }
  if (addresses === 1 && attempts >= enoughToTell && example !== null && isPrivateAddress(example)) {
    return warn(
      `all ${attempts} wrong keys, signatures and logins came from ${example}: all callers look the same`,
      mend,
    );
  }
  return ok('callers are told apart by their addresses');
}
