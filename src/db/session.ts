// The server ends a statement first, with a clear word and a connection that can be used again. Our own limit is for a
// server that is stopped or cut off: it enforces nothing, and whoever asked must have an answer within five seconds.
export const statementLimitMs = 4_000;
export const silenceLimitMs = 4_500;

/** What every session works under. Without a pooler the driver asks for it; behind one the role brings it. */
export const sessionSettings: ReadonlyMap<string, string> = new Map([
  ['timezone', 'UTC'],
  ['statement_timeout', String(statementLimitMs)],
  ['lock_timeout', '2000'],
  ['idle_in_transaction_session_timeout', '10000'],
]);

/** A setting of no meaning: where it is there, what the driver asked for has come through to PostgreSQL. */
export const directMark = 'quittance.direct';

/** The driver's words at the start of a connection. */
export const sessionOptions = [...sessionSettings, [directMark, 'yes'] as const]
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');
