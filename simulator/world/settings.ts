import { z } from 'zod';
import { parseMs } from '../duration.js';
import type { Appender } from './journal.js';

export const durationMs = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseMs(value);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as "2 seconds", or milliseconds' });
  return z.NEVER;
});

/** What the account's dashboard and the provider's moods decide. Durations are kept in milliseconds. */
export interface Settings {
  step: number;
  ipn: { retries: number; interval: number; timeout: number; on_create: boolean };
  cover_percent: number;
  redeposit_status: 'finished' | 'partially_paid';
  wrong_asset: 'finished' | 'partially_paid' | 'manual';
  wrong_asset_shape: 'child' | 'same_id';
  child_read: 'ok' | '404';
  list_lag: number;
  id_digits: 10 | 19;
  number_text: 'plain' | 'js' | 'exponent' | 'padded';
  rate_limit_per_s: number;
}

const change = z
  .strictObject({
    step: durationMs,
    ipn: z
      .strictObject({
        retries: z.number().int().min(0).max(100),
        interval: durationMs,
        timeout: durationMs,
        on_create: z.boolean(),
      })
      .partial(),
    cover_percent: z.number().min(0).max(100),
    redeposit_status: z.enum(['finished', 'partially_paid']),
    wrong_asset: z.enum(['finished', 'partially_paid', 'manual']),
    wrong_asset_shape: z.enum(['child', 'same_id']),
    child_read: z.enum(['ok', '404']),
    list_lag: durationMs,
    id_digits: z.union([z.literal(10), z.literal(19)]),
    number_text: z.enum(['plain', 'js', 'exponent', 'padded']),
    rate_limit_per_s: z.number().min(0),
  })
  .partial();

export interface SettingsLine {
  record: 'settings';
  settings: Settings;
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
    change(body: unknown): Readonly<Settings> {
      const { ipn, ...rest } = change.parse(body);
      current = { ...current, ...dropAbsent(rest), ipn: { ...current.ipn, ...dropAbsent(ipn ?? {}) } };
      journal.append({ record: 'settings', settings: current });
      return current;
    },
    restore(settings: Settings): void {
      current = { ...current, ...settings };
    },
    clear(): void {
      current = startSettings(start);
    },
  };
}

function startSettings({ stepMs = 2_000, ipn = {} }: SettingsStart): Settings {
  const { retries = 3, intervalMs = 60_000, timeoutMs = 3_000 } = ipn;
  return {
    step: stepMs,
    ipn: { retries, interval: intervalMs, timeout: timeoutMs, on_create: false },
    cover_percent: 0,
    redeposit_status: 'finished',
    wrong_asset: 'finished',
    wrong_asset_shape: 'child',
    child_read: 'ok',
    list_lag: 0,
    id_digits: 10,
    number_text: 'plain',
    rate_limit_per_s: 0,
  };
}

function dropAbsent<T extends object>(from: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
