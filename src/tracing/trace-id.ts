import { createHash } from 'node:crypto';

/**
 * The trace of an order, the same from whoever works on it and whenever: an IPN, or a coin weeks later, brings none along.
 * Log lines carry it whether or not traces are collected.
 */
export function traceIdOf(orderId: string): string {
  return createHash('sha256').update(orderId).digest('hex').slice(0, 32);
}
