/** What one look found. `bad`: something does not work, or money is at risk. `warn`: it works, and somebody should know. */
export interface Finding {
  readonly area: string;
  readonly level: 'ok' | 'warn' | 'bad';
  readonly says: string;
  readonly mend?: string;
}

/** The findings of one area, by how bad they are. */
export function findingsOf(area: string) {
  return {
    ok: (says: string): Finding => ({ area, level: 'ok', says }),
    warn: (says: string, mend: string): Finding => ({ area, level: 'warn', says, mend }),
    bad: (says: string, mend: string): Finding => ({ area, level: 'bad', says, mend }),
  };
}

/** Two clocks that disagree: signatures and deadlines are judged by them. */
export function skewFinding(area: string, of: string, skewMs: number): Finding {
  const { ok, warn, bad } = findingsOf(area);
  const seconds = Math.abs(skewMs) / 1_000;
  const says = `the clock of ${of} is ${seconds.toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  const mend = 'Let both machines take their time from NTP: timedatectl set-ntp true';
  if (seconds > 30) return bad(says, mend);
  return seconds > 3 ? warn(says, mend) : ok(`the clock of ${of} agrees with this machine's`);
}

export function messageOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message || String(failure.cause ?? failure.name) : String(failure);
  return (text.split('\n', 1)[0] ?? '').replace(/\/\/[^@/\s]+@/g, '//'); // no password of a URL
}
