const httpDate = /^[A-Z][a-z]+, .* GMT$/; // both spellings of the standard; anything else that Date would take is a guess

/** How long a Retry-After asks to wait, from seconds or a date: 0 or less when that is over, null when it is unreadable. */
export function waitAskedMs(header: string, nowMs: number): number | null {
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!httpDate.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at - nowMs;
}

/** The seconds of a Retry-After of ours: whole ones, and never "at once". */
export function secondsToAsk(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}
