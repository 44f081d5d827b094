import { type Logger, pino } from 'pino';
import { traceIdOf } from './tracing/trace-id.js';

export type { Logger };

const secretNames = [
  'authorization',
  'cookie',
  '"set-cookie"',
  '"x-api-key"',
  '"x-nowpayments-sig"',
  'apiKey',
  'api_key',
  'ipnSecret',
  'ipn_secret',
  'secret',
  'password',
  'token',
  'key',
  'masterKeys',
  'body',
  'rawBody',
  'customerNote',
  'customer_note',
  'internalNote',
  'internal_note',
  'email',
  'metadata',
];

/** JSON lines with ids, never secrets: whatever has one of these names, up to three levels down, is cut out. */
const redact = {
  paths: secretNames.flatMap((name) => {
    const below = name.startsWith('"') ? `[${name}]` : `.${name}`;
    return [name.startsWith('"') ? `[${name}]` : name, `*${below}`, `*.*${below}`];
  }),
  censor: '[cut]',
};

/** A line of an order says its trace, so that one leads to the other. */
function withTrace(line: Record<string, unknown>): Record<string, unknown> {
  const { orderId } = line;
  return typeof orderId === 'string' ? { ...line, traceId: traceIdOf(orderId) } : line;
}

export function createLog(
  { name, level }: { name: string; level: string },
  destination?: { write(line: string): void },
): Logger {
  const shape = { redact, base: { name }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { log: withTrace } };
  const options = { name, level, ...shape };
  return destination ? pino(options, destination) : pino(options);
}
