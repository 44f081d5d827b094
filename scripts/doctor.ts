import { existsSync, readFileSync } from 'node:fs';
import { examine } from './doctor/examine.js';
import { messageOf, type Finding } from './doctor/finding.js';
import { isPrivateUrl } from './doctor/private-url.js';
import { type DevFile, devFilePath } from './dev/dev-file.js';
import { partEnvironment } from './dev/parts.js';
import { keptSecrets } from './dev/secrets.js';
import { readDevSettings } from './dev/settings.js';

const marks = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ' } as const;

/** Where nothing says which installation is meant, the one that `npm start` keeps. */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.DATABASE_URL || env.NODE_ENV === 'production') return env;
  const settings = readDevSettings(env);
  const file = devFilePath(settings.home);
  if (!existsSync(file)) return env;
  const { database_url, temporal_address } = JSON.parse(readFileSync(file, 'utf8')) as DevFile; // written by npm start
  const servers = { databaseUrl: database_url, temporalAddress: temporal_address };
  return partEnvironment(env, { settings, secrets: keptSecrets(settings.home), servers });
}

function print(findings: readonly Finding[]): void {
  for (const { area, level, says, mend } of findings) {
    console.log(`${marks[level]} ${area.padEnd(9)} ${says}`);
    if (mend) console.log(`               mend: ${mend}`);
  }
}

// What no API tells: only the provider's dashboard shows it.
const toConfirm = [
  'IPN secret: the same as here. Repeats: on, 3 or more, a minute apart.',
  'Cover percent: 0, or underpaid orders are called finished.',
  'Re-deposits: partially_paid. Wrong-asset deposits: no automatic processing.',
  'Payout coin: as in NOWPAYMENTS_PAYOUT_COIN, or least amounts are wrong.',
];

async function main(): Promise<void> {
  const { findings, config } = await examine(environment(process.env));
  print(findings);
  if (config?.provider.live && !isPrivateUrl(config.provider.live.apiUrl)) {
    console.log('\nConfirm in the dashboard of NOWPayments, which no call can read:');
    for (const line of toConfirm) console.log(`  - ${line}`);
  }
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  console.log(`\n${count('ok')} ok, ${count('warn')} to know, ${count('bad')} to mend`);
  process.exitCode = count('bad') > 0 ? 1 : 0;
}

main().catch((failure: unknown) => {
  console.error(`Not examined: ${messageOf(failure)}`);
  process.exitCode = 2;
});
