export type ErrorKind =
  | 'bad_request'
  | 'validation'
  | 'auth'
  | 'invalid_key'
  | 'revoked_key'
  | 'expired_key'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'idempotency_mismatch'
  | 'rate_limit'
  | 'internal'
  | 'feature_unavailable'
  | 'transport'
  | 'order_not_paid'
  | 'settlement_timeout'
  | 'webhook_signature'
  | 'webhook_payload';

/** An RFC 9457 problem document, its extra members apart. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  /** 0 when no answer came at all. */
  readonly status: number;
  readonly detail: string;
  readonly instance?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** The base of everything this SDK throws on its own, except TypeErrors for wrong arguments. */
export class QuittanceError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  /** The request id: quote it to support. */
  readonly instance: string | null;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** How long the server asked to wait, when it did. */
  readonly retryAfterSeconds: number | null;

  constructor(kind: ErrorKind, problem: Problem, options?: { cause?: unknown }) {
    super(problem.detail || problem.title, options);
    this.name = new.target.name;
    this.kind = kind;
    this.status = problem.status;
    this.type = problem.type;
    this.title = problem.title;
    this.detail = problem.detail;
    this.instance = problem.instance ?? null;
    this.extensions = problem.extensions ?? {};
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }

  /** Whether the same call may succeed later. It says nothing about whether repeating it is safe. */
  get isRetryable(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Whether `error`, of any origin, is worth another try. */
export function isRetryable(error: unknown): boolean {
  return error instanceof QuittanceError && error.isRetryable;
}

export class BadRequestError extends QuittanceError {
  constructor(problem: Problem) {
    super('bad_request', problem);
  }
}

export interface ValidationIssues {
  readonly formErrors: readonly string[];
  readonly fieldErrors: Readonly<Record<string, readonly string[]>>;
}

export class ValidationError extends QuittanceError {
  readonly issues: ValidationIssues;

  constructor(problem: Problem) {
    super('validation', problem);
    // As documented for this problem type; a server that sends less leaves the lists empty.
    const issues = problem.extensions?.issues as Partial<ValidationIssues> | null | undefined;
    this.issues = { formErrors: issues?.formErrors ?? [], fieldErrors: issues?.fieldErrors ?? {} };
  }
}

/** No readable credentials; its subclasses say what is wrong with the key. */
export class AuthError extends QuittanceError {
  constructor(problem: Problem, kind: ErrorKind = 'auth') {
    super(kind, problem);
  }
}

export class InvalidKeyError extends AuthError {
  constructor(problem: Problem) {
    super(problem, 'invalid_key');
  }
}

export class RevokedKeyError extends AuthError {
  constructor(problem: Problem) {
    super(problem, 'revoked_key');
  }
}

export class ExpiredKeyError extends AuthError {
  constructor(problem: Problem) {
    super(problem, 'expired_key');
  }
}

export class ForbiddenError extends QuittanceError {
  constructor(problem: Problem) {
    super('forbidden', problem);
  }
}

export class NotFoundError extends QuittanceError {
  constructor(problem: Problem) {
    super('not_found', problem);
  }
}

/** `extensions` holds `resource`, `field` and sometimes `limit`. */
export class ConflictError extends QuittanceError {
  constructor(problem: Problem) {
    super('conflict', problem);
  }
}

/** The key came first with another call; of checkouts in strict accounts only, with the order that has it (`extensions.order_id`). */
export class IdempotencyMismatchError extends QuittanceError {
  constructor(problem: Problem) {
    super('idempotency_mismatch', problem);
  }
}

export class RateLimitError extends QuittanceError {
  constructor(problem: Problem) {
    super('rate_limit', problem);
  }
}

export class InternalError extends QuittanceError {
  constructor(problem: Problem) {
    super('internal', problem);
  }
}

export class FeatureUnavailableError extends QuittanceError {
  constructor(problem: Problem) {
    super('feature_unavailable', problem);
  }
}
