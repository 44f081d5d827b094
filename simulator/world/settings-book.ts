import type { Appender } from './journal.js';
import { readSettings, writeSettings, type Settings, type WrittenSettings } from './settings.js';

type Wished<T> = { [K in keyof T]?: T[K] | undefined };

export type SettingsChange = Wished<Omit<WrittenSettings, 'ipn'>> & {
  ipn?: Wished<WrittenSettings['ipn']> | undefined;
};

export interface SettingsLine {
  record: 'settings';
  settings: WrittenSettings;
}

export type SettingsBook = ReturnType<typeof createSettingsBook>;

export interface SettingsStart {
  stepMs?: number | undefined;
  ipn?: { retries?: number; intervalMs?: number; timeoutMs?: number } | undefined;
}

export function createSettingsBook({ start, journal }: { start: SettingsStart; journal: Appender<SettingsLine> }) {
  let current = startSettings(start);
  return {
    current: (): Readonly<Settings> => current,
    change({ ipn = {}, ...others }: SettingsChange): void {
      const before = writeSettings(current);
      const settings = { ...before, ...dropAbsent(others), ipn: { ...before.ipn, ...dropAbsent(ipn) } };
      current = readSettings(settings);
      journal.append({ record: 'settings', settings });
    },
    /** A line of an older simulator may lack a setting; that one stays as it was. */
    restore(settings: WrittenSettings): void {
      current = readSettings({ ...writeSettings(current), ...settings });
    },
    clear(): void {
      current = startSettings(start);
    },
  };
}

function startSettings({ stepMs = 2_000, ipn = {} }: SettingsStart): Settings {
  const { retries = 3, intervalMs = 60_000, timeoutMs = 3_000 } = ipn;
  return {
    stepMs,
    ipn: { retries, intervalMs, timeoutMs, onCreate: false },
    coverPercent: 0,
    redepositStatus: 'finished',
    wrongAsset: 'finished',
    wrongAssetShape: 'child',
    childRead: 'ok',
    listLagMs: 0,
    idDigits: 10,
    numberText: 'plain',
    rateLimitPerS: 0,
  };
}

function dropAbsent<T extends object>(from: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
