import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { startReceiver, type Received, type Receiver } from '../webhooks/receiver.js';

export type Answer = (response: ServerResponse, attempt: number) => void;

/** One URL of a merchant's server: what it got, and what it answers. */
export interface Hook {
  readonly url: string;
  readonly received: Received[];
  answer: Answer;
}

export interface Hooks extends Pick<Receiver, 'target' | 'close'> {
  at(name: string, answer?: Answer): Hook;
}

export const accept: Answer = (response) => response.writeHead(204).end();
export const answering =
  (status: number, body = ''): Answer =>
  (response) =>
    response.writeHead(status).end(body);
/** Takes the delivery and says nothing. */
export const blackHole: Answer = () => undefined;

/** A merchant's server with any number of webhook URLs, each with a mind of its own. */
export async function startHooks(): Promise<Hooks> {
  const hooks = new Map<string, Hook>();
  const receiver = await startReceiver((response, request) => {
    const hook = hooks.get(request.path);
    if (!hook) return void response.writeHead(404).end();
    hook.received.push(request);
    hook.answer(response, hook.received.length);
  });
  return {
    target: receiver.target,
    close: receiver.close,
    at(name, answer = accept) {
      const hook: Hook = { url: `http://${receiver.target}/${name}`, received: [], answer };
      hooks.set(`/${name}`, hook);
      return hook;
    },
  };
}

/** The `t` and the `v1` of the contract's signature header. */
export function signatureOf({ headers }: Received): { t: string; v1: string[] } {
  const parts = String(headers['x-driftstack-signature']).split(',');
  const [t, ...v1] = parts.map((part) => part.replace(/^(?:t|v1)=/, ''));
  return { t: t ?? '', v1 };
}

/** Which of the secrets signed a delivery, by the contract's form and by the standard one, each checked on its own. */
export function signersOf(request: Received, secrets: readonly string[]): { contract: string[]; standard: string[] } {
  const { t, v1 } = signatureOf(request);
  const hmac = (secret: string) => createHmac('sha256', secret).update(`${t}.${request.body}`).digest('hex');
  const isStandard = (secret: string) => {
    try {
      new Webhook(secret).verify(request.body, request.headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };
  return { contract: secrets.filter((secret) => v1.includes(hmac(secret))), standard: secrets.filter(isStandard) };
}
