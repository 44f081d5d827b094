import parse from 'parse-duration';

/** `2 hours`, `1 minute`, `90s` or a number of milliseconds; null when it is neither. */
export function parseMs(value: string | number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const ms = parse(text);
  return ms === null || ms === undefined || !Number.isFinite(ms) || ms < 0 ? null : ms;
}
