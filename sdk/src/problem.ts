import {
  AuthError,
  BadRequestError,
  ConflictError,
  ExpiredKeyError,
  FeatureUnavailableError,
  ForbiddenError,
  IdempotencyMismatchError,
  InternalError,
  InvalidKeyError,
  NotFoundError,
  RateLimitError,
  RevokedKeyError,
  ValidationError,
  type Problem,
  type QuittanceError,
} from './errors.js';

type ErrorClass = new (problem: Problem) => QuittanceError;

/** Every kind of problem that the API documents, by the last word of its `type`. */
export const bySlug: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['bad-request', BadRequestError],
  ['validation-failed', ValidationError],
  ['unauthorized', AuthError],
  ['invalid-key', InvalidKeyError],
  ['revoked-key', RevokedKeyError],
  ['expired-key', ExpiredKeyError],
  ['forbidden', ForbiddenError],
  ['not-found', NotFoundError],
  ['method-not-allowed', BadRequestError],
  ['request-timeout', BadRequestError],
  ['conflict', ConflictError],
  ['payload-too-large', BadRequestError],
  ['unsupported-media-type', BadRequestError],
  ['expectation-failed', BadRequestError],
  ['idempotency-mismatch', IdempotencyMismatchError],
  ['rate-limited', RateLimitError],
  ['headers-too-large', BadRequestError],
  ['feature-unavailable', FeatureUnavailableError],
  ['internal', InternalError],
]);

// For slugs that a newer server may have.
const byStatus = new Map<number, ErrorClass>([
  [401, AuthError],
  [403, ForbiddenError],
  [404, NotFoundError],
  [409, ConflictError],
  [429, RateLimitError],
  [503, FeatureUnavailableError],
]);

function classOf(slug: string, status: number): ErrorClass {
  return bySlug.get(slug) ?? byStatus.get(status) ?? (status >= 500 ? InternalError : BadRequestError);
}

/** The typed error for a problem document, or null when the text is none. */
export function problemError(
  text: string,
  { status, retryAfterSeconds }: { status: number; retryAfterSeconds: number | null },
): QuittanceError | null {
  const members = jsonObject(text);
  if (!members) return null;
  const { type, title, status: _, detail, instance, ...extensions } = members;
  if (typeof type !== 'string' || typeof title !== 'string') return null;
  const asked = extensions.retry_after_seconds;
  // The last path segment: deployers may rename the base of the type.
  const slug = type.slice(type.lastIndexOf('/') + 1);
  return new (classOf(slug, status))({
    type,
    title,
    status,
    detail: typeof detail === 'string' ? detail : '',
    instance: typeof instance === 'string' ? instance : undefined,
    extensions,
    retryAfterSeconds: typeof asked === 'number' ? asked : (retryAfterSeconds ?? undefined),
  });
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null; // not JSON: the caller reports the status instead
  }
}
