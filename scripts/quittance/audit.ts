import { loadConfig } from '../../src/config.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { verifyAuditLog, type ChainVerdict } from '../../src/db/support/audit-chain.js';
import { Refusal, progressLines, type Answer } from './answer.js';
import { command, group } from './command.js';
import { programEnvironment, withPool } from './environment.js';

const longestUnsealed = 600; // seconds in which a worker seals what was written, with much to spare

/**
 * Every entry names the hash of the one before it, so an entry that was changed, taken out or put in breaks the chain. What
 * is cut off at the end does not: the worker logs the head every hour, and an earlier head is given to this check.
 */
const verify = command({
  words: 'verify',
  about: 'Recompute the hash chain of the audit log',
  options: (parser) =>
    parser.option('head', { type: 'string', describe: 'The head of an earlier check, or of the log' }),
  run: async ({ head }) => {
    if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) throw new Refusal('--head is 64 hex digits');
    const { masterKeys } = loadConfig(programEnvironment());
    const say = progressLines();
    const progress = (checked: number) => say(() => `${checked.toLocaleString('en')} entries checked …`);
    const check = head === undefined ? { progress } : { progress, knownHead: head };
    const verdict = await withPool('audit', (pool) => verifyAuditLog(pool, keyringOf(masterKeys), check));
    return answerOf(verdict, head);
  },
});

export const audit = group('audit', 'The audit log: verify', [verify]);

function answerOf(verdict: ChainVerdict, knownHead: string | undefined): Answer {
  const { checked, brokenAt, head, knownHeadAt, unsealed } = verdict;
  const isCutOff = knownHead !== undefined && knownHeadAt === null;
  const isUnsealed = verdict.oldestUnsealedSeconds > longestUnsealed;
  const says = { checked, head, unsealed, broken_at: brokenAt, cut_off: isCutOff, not_sealed: isUnsealed };
  const count = `${checked.toLocaleString('en')} ${checked === 1 ? 'entry' : 'entries'}`;
  const lines = wordsOf();
  return { lines, json: says, needsPerson: brokenAt !== null || isCutOff || isUnsealed };

  function wordsOf(): string[] {
    if (brokenAt !== null) {
      return [
        `BROKEN at seq ${brokenAt}: it is not what was written, or something before it is missing.`,
        `The ${count} before it are intact; the last good hash is ${head}.`,
      ];
    }
    if (isCutOff) {
      return [
        `CUT OFF, or written anew: the ${count} fit together, but the head of the earlier check is not among them.`,
      ];
    }
    if (isUnsealed) {
      return [
        `NOT SEALED: ${unsealed.toLocaleString('en')} entries wait for longer than ten minutes. Does a worker run?`,
        `The ${count} before them are intact; head ${head}.`,
      ];
    }
    const waiting = unsealed > 0 ? [`${unsealed.toLocaleString('en')} more are about to be sealed.`] : [];
    return [`The audit log is intact: ${count}.`, ...waiting, `head ${head}`];
  }
}
