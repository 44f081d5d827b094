import type { Finding } from '../doctor/finding.js';
import { isPrivateUrl } from '../doctor/private-url.js';
import { command } from './command.js';
import { programEnvironment } from './environment.js';

const marks = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ' } as const;

// What no API tells: only the provider's dashboard shows it.
const toConfirm = [
  'IPN secret: the same as here. Repeats: on, 3 or more, a minute apart.',
  'Cover percent: 0, or underpaid orders are called finished.',
  'Re-deposits: partially_paid. Wrong-asset deposits: no automatic processing.',
  'Payout coin: as in NOWPAYMENTS_PAYOUT_COIN, or least amounts are wrong.',
];

export const doctor = command({
  words: 'doctor',
  about: 'Credentials, coins, callback, secrets, clocks, migrations, Temporal: what is wrong and how to mend it',
  run: async () => {
    const { examine } = await import('../doctor/examine.js'); // Temporal's client and the gateway: no other command waits for them
    const { findings, config } = await examine(programEnvironment());
    const isLive = config?.provider.live && !isPrivateUrl(config.provider.live.apiUrl);
    const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
    const lines = [
      ...findings.flatMap(linesOf),
      ...(isLive ? ['', 'Confirm in the dashboard of NOWPayments, which no call can read:'] : []),
      ...(isLive ? toConfirm.map((line) => `  - ${line}`) : []),
      '',
      `${count('ok')} ok, ${count('warn')} to know, ${count('bad')} to mend`,
    ];
    return { lines, json: findings, needsPerson: count('bad') > 0 };
  },
});

function linesOf({ area, level, says, mend }: Finding): string[] {
  return [`${marks[level]} ${area.padEnd(9)} ${says}`, ...(mend ? [`               mend: ${mend}`] : [])];
}
