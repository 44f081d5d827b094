import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.js';
import { createPool } from '../src/db/pool.js';
import { keyringOf } from '../src/db/secrets/seal.js';
import { verifyAuditLog } from '../src/db/support/audit-chain.js';
import { commandLine } from './command-line.js';

const usage = `Recomputes the hash chain of the audit log in DATABASE_URL, with the key that QUITTANCE_MASTER_KEY opens.

  ${commandLine('audit:verify', '[--head <hash>]')}

Every entry names the hash of the one before it, so an entry that was changed, taken out or put in breaks the chain. What is
cut off at the end does not: the worker logs the head every hour; keep one in another place, and give it to this check.
Exit status: 0 intact, 1 not intact, 2 not checked.`;

const { values: options } = parseArgs({
  options: { head: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const pending = 600; // seconds in which a worker seals what was written, with much to spare
const { DATABASE_URL: url, QUITTANCE_MASTER_KEY: key } = process.env;
if (options.help || !url || !key || (options.head !== undefined && !/^[0-9a-f]{64}$/.test(options.head))) {
  console.error(usage);
  process.exit(options.help ? 0 : 2);
}

const { databaseUrl, masterKeys } = configuration();
const pool = createPool({ url: databaseUrl, max: 1, applicationName: 'quittance-audit', onError: () => undefined });
function configuration(): ReturnType<typeof loadConfig> {
  try {
    return loadConfig(process.env);
  } catch (failure) {
    console.error(failure instanceof Error ? failure.message : String(failure));
    process.exit(2);
  }
}

let announcedAt = Date.now();

function progress(checked: number): void {
  if (Date.now() - announcedAt < 2_000) return;
  announcedAt = Date.now();
  console.error(`${checked.toLocaleString('en')} entries checked …`);
}

try {
  const knownHead = options.head === undefined ? {} : { knownHead: options.head };
  const check = { ...knownHead, progress };
  const verdict = await verifyAuditLog(pool, keyringOf(masterKeys), check);
  const { checked, brokenAt, head, knownHeadAt, unsealed } = verdict;
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
  } else if (verdict.oldestUnsealedSeconds > pending) {
    console.error(
      `NOT SEALED: ${unsealed.toLocaleString('en')} entries wait for longer than ten minutes. Does a worker run?`,
    );
    console.error(`The ${count} before them are intact; head ${head}.`);
    process.exitCode = 1;
  } else {
    console.log(`The audit log is intact: ${count}.`);
    if (unsealed > 0) console.log(`${unsealed.toLocaleString('en')} more are about to be sealed.`);
    console.log(`head ${head}`);
  }
} catch (failure) {
  console.error(`Not checked: ${failure instanceof Error ? failure.message : String(failure)}`);
  process.exitCode = 2;
} finally {
  await pool.end();
}
