import { secondsToAsk } from '../../domain/retry-after.js';

/** The kinds of error of the contract: status and title by slug. */
export const problemKinds = {
  'bad-request': [400, 'Bad request'],
  'validation-failed': [400, 'Validation failed'],
  unauthorized: [401, 'Unauthorized'],
  'invalid-key': [401, 'Invalid API key'],
  'revoked-key': [401, 'API key revoked'],
  'expired-key': [401, 'API key expired'],
  forbidden: [403, 'Forbidden'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'request-timeout': [408, 'Request timeout'],
  conflict: [409, 'Conflict'],
  'payload-too-large': [413, 'Payload too large'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'expectation-failed': [417, 'Expectation failed'],
  'idempotency-mismatch': [422, 'Idempotency mismatch'],
  'rate-limited': [429, 'Rate limited'],
  'headers-too-large': [431, 'Request header fields too large'],
  internal: [500, 'Internal error'],
  'feature-unavailable': [503, 'Feature unavailable'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ProblemSlug = keyof typeof problemKinds;

/** An expected no, thrown where it is known and answered in one place. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;

  constructor(
    readonly slug: ProblemSlug,
    readonly detail: string,
    readonly extras: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    const [status, title] = problemKinds[slug];
    this.status = status;
    this.title = title;
  }
}

export function badRequest(detail: string): Problem {
  return new Problem('bad-request', detail);
}

export interface Issues {
  readonly formErrors: readonly string[];
  readonly fieldErrors: Readonly<Record<string, readonly string[]>>;
}

export function validationFailed(issues: Issues): Problem {
  const fields = Object.entries(issues.fieldErrors).map(([field, messages]) => `${field}: ${messages.join(', ')}`);
  return new Problem('validation-failed', [...issues.formErrors, ...fields].join('; '), { issues });
}

export function invalidField(field: string, message: string): Problem {
  return validationFailed({ formErrors: [], fieldErrors: { [field]: [message] } });
}

/** One body for what is unknown, another account's and another mode's. */
export function notFound(): Problem {
  return new Problem('not-found', 'There is nothing here that this key may see.');
}

export function conflict(detail: string, extras: { resource: string; field?: string; limit?: number }): Problem {
  return new Problem('conflict', detail, extras);
}

export function unauthorized(slug: ProblemSlug, detail: string): Problem {
  return new Problem(slug, detail, {}, { 'www-authenticate': 'Bearer' });
}

export function forbidden(detail: string): Problem {
  return new Problem('forbidden', detail);
}

export function unavailable(detail: string, retryAfterSeconds = 2): Problem {
  return new Problem('feature-unavailable', detail, {}, { 'retry-after': String(retryAfterSeconds) });
}

export function rateLimited(detail: string, retryAfterSeconds: number): Problem {
  const seconds = secondsToAsk(retryAfterSeconds);
  return new Problem('rate-limited', detail, { retry_after_seconds: seconds }, { 'retry-after': String(seconds) });
}
