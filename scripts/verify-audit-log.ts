import { parseArgs } from 'node:util';
import { verifyAuditLog } from '../src/db/support/audit-log.js';
import { createPool } from '../src/db/pool.js';

const usage = `Recomputes the hash chain of the audit log in DATABASE_URL.

  npm run audit:verify [-- --head <hash>]

Every entry names the hash of the one before it, so an entry that was changed, taken out or put in breaks the chain. What is
cut off at the end does not: keep the head that is printed, in another place, and give it to the next check.
Exit status: 0 intact, 1 not intact, 2 not checked.`;

const { values: options } = parseArgs({
  options: { head: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const url = process.env.DATABASE_URL;
if (options.help || !url || (options.head !== undefined && !/^[0-9a-f]{64}$/.test(options.head))) {
  console.error(usage);
  process.exit(options.help ? 0 : 2);
}

const pool = createPool({ url, max: 1, applicationName: 'quittance-audit', onError: () => undefined });
let announcedAt = Date.now();

function progress(checked: number): void {
  if (Date.now() - announcedAt < 2_000) return;
  announcedAt = Date.now();
  console.error(`${checked.toLocaleString('en')} entries checked …`);
}

try {
  const knownHead = options.head === undefined ? {} : { knownHead: options.head };
  const { checked, brokenAt, head, knownHeadAt } = await verifyAuditLog(pool, { ...knownHead, progress });
  const count = `${checked.toLocaleString('en')} ${checked === 1 ? 'entry' : 'entries'}`;
  if (brokenAt !== null) {
    console.error(`BROKEN at seq ${brokenAt}: it is not what was written, or something before it is missing.`);
    console.error(`The ${count} before it are intact; the last good hash is ${head}.`);
    process.exitCode = 1;
  } else if (options.head !== undefined && knownHeadAt === null) {
    console.error(
      `CUT OFF, or written anew: the ${count} fit together, but the head of the earlier check is not among them.`,
    );
    process.exitCode = 1;
  } else {
    console.log(`The audit log is intact: ${count}.`);
    console.log(`head ${head}`);
  }
} catch (failure) {
  console.error(`Not checked: ${failure instanceof Error ? failure.message : String(failure)}`);
  process.exitCode = 2;
} finally {
  await pool.end();
}
