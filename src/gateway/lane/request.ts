import type { Agent, Dispatcher } from 'undici';

export interface HttpWish {
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number; // from the first attempt to connect to the last byte of the answer
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** `unsent`: no byte of the request left us. `broken`: it left, and no whole answer came back. */
export type Exchange =
  | HttpAnswer
  | { readonly kind: 'unsent'; readonly message: string }
  | { readonly kind: 'broken'; readonly message: string };

/**
 * One HTTP call, no redirects. The dispatcher is driven by hand because a create needs to know whether the request was
 * ever written: undici calls `onRequestStart` on a connected socket, just before the first byte.
 */
export function exchange(agent: Agent, wish: HttpWish): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let settled = false;
    const answer = collector(wish.maxBytes);

    const settle = (outcome: Exchange) => {
      settled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const giveUp = (message: string) => {
      if (settled) return;
      settle({ kind: controller ? 'broken' : 'unsent', message });
      controller?.abort(new Error(message));
    };
    const timer = setTimeout(() => giveUp(`no whole answer within ${wish.timeoutMs} ms`), wish.timeoutMs);

    agent.dispatch(
      { origin: wish.origin, path: wish.path, method: wish.method, headers: wish.headers, body: wish.body },
      {
        onRequestStart(started) {
          if (settled) return started.abort(new Error('given up before it was sent'));
          controller = started;
        },
        onResponseStart(_controller, status, headers) {
          const problem = answer.begin(status, headers);
          if (problem) giveUp(problem);
        },
        onResponseData(_controller, chunk) {
          const problem = answer.add(chunk);
          if (problem) giveUp(problem);
        },
        onResponseEnd() {
          if (!settled) settle(answer.end());
        },
        onResponseError(_controller, error) {
          giveUp(reasonOf(error));
        },
      },
    );
  });
}

function collector(maxBytes: number) {
  let status = 0;
  let headers: Record<string, string> = {};
  let size = 0;
  const chunks: Buffer[] = [];
  const oversized = `answer over ${maxBytes} bytes`;
  return {
    begin(code: number, received: Dispatcher.ResponseData['headers']): string | null {
      status = code;
      headers = Object.fromEntries(Object.entries(received).map(([name, value]) => [name, String(value)]));
      if (Number(headers['content-length'] ?? 0) > maxBytes) return oversized;
      const encoding = headers['content-encoding'] ?? 'identity';
      return encoding === 'identity' ? null : 'answer compressed against our word';
    },
    add(chunk: Buffer): string | null {
      size += chunk.length;
      if (size > maxBytes) return oversized;
      chunks.push(chunk);
      return null;
    },
    end(): Exchange {
      try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
        return { kind: 'answer', status, headers, text };
      } catch {
        return { kind: 'broken', message: 'answer is not UTF-8' };
      }
    },
  };
}

function reasonOf(error: Error & { code?: string }): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return reasonOf(error.errors[0]);
  return error.code ?? error.message;
}
