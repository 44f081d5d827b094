import { QuittanceError } from './errors.js';

/** No usable answer: the network failed, time ran out, or what came back was not the API speaking. */
export class TransportError extends QuittanceError {
  readonly #retryable: boolean;

  constructor(
    detail: string,
    {
      status = 0,
      retryable = false,
      retryAfterSeconds,
      cause,
    }: { status?: number; retryable?: boolean; retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(
      'transport',
      { type: 'about:blank', title: 'No usable answer', status, detail, retryAfterSeconds },
      cause === undefined ? undefined : { cause },
    );
    this.#retryable = retryable;
  }

  override get isRetryable(): boolean {
    return this.#retryable;
  }
}
