/** A call as its caller saw it. Unknown: no answer, or one that does not say whether it was done. */
export interface Call {
  readonly account: string;
  readonly key: string | null; // the idempotency key
  readonly what: string; // method and path
  readonly outcome: 'ok' | 'refused' | 'unknown';
  readonly status: number | null;
  readonly orderId: string | null;
  readonly address: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly failure: string | null;
}

export interface CallWish {
  readonly account: string;
  readonly apiKey: string;
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  readonly body?: object;
}

export interface CallAnswer {
  readonly outcome: Call['outcome'];
  readonly status: number | null;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Everything that the merchants called, and what they heard. */
export interface CallLog {
  readonly calls: readonly Call[];
  call(wish: CallWish): Promise<CallAnswer>;
}

const patienceMs = 15_000; // of a merchant's client: longer than the API ever takes

export function createCallLog(baseUrl: string): CallLog {
  const calls: Call[] = [];
  return {
    calls,
    async call(wish) {
      const startedAt = new Date().toISOString();
      const { answer, failure } = await ask(baseUrl, wish);
      calls.push({
        account: wish.account,
        key: wish.key ?? null,
        what: `${wish.method} ${wish.path}`,
        outcome: answer.outcome,
        status: answer.status,
        orderId: textOf(answer.body.order_id),
        address: textOf(answer.body.payment_address),
        startedAt,
        endedAt: new Date().toISOString(),
        failure,
      });
      return answer;
    },
  };
}

async function ask(
  baseUrl: string,
  { apiKey, method, path, key, body }: CallWish,
): Promise<{ answer: CallAnswer; failure: string | null }> {
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const { status } = response;
    const outcome = status < 300 ? 'ok' : status < 500 ? 'refused' : 'unknown';
    const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { answer: { outcome, status, text, body: parsed }, failure: status < 300 ? null : text.slice(0, 300) };
  } catch (failure) {
    const cause = (failure as { cause?: unknown }).cause ?? failure;
    return { answer: { outcome: 'unknown', status: null, text: '', body: {} }, failure: String(cause) };
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
