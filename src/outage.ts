import { isGrpcServiceError } from '@temporalio/client';
import { isOutage } from './db/query.js';

// gRPC's numbers: cancelled by a connection that closed, deadline exceeded, resource exhausted, unavailable.
const awayCodes: readonly number[] = [1, 4, 8, 14];
const notFound = 5;

/** What passes by itself, in the words of whoever has looked closer. */
export class Away extends Error {}

/** Whether a failure is the world's and may pass by itself: a server that is away, a connection that broke. */
export function isWorldsFault(failure: unknown): boolean {
  if (failure instanceof Away) return true;
  if (isGrpcServiceError(failure)) return awayCodes.includes(failure.code);
  if (isOutage(failure)) return true;
  if (!(failure instanceof Error)) return false;
  const code = (failure as { code?: unknown }).code;
  return failure.name === 'TransportError' || (typeof code === 'string' && code.startsWith('UND_ERR_'));
}

/** Whether a start waits for Temporal: it is away, or its namespace is made a moment later than the server. */
export function startWaitsForTemporal(failure: unknown): boolean {
  return isWorldsFault(failure) || (isGrpcServiceError(failure) && failure.code === notFound);
}
