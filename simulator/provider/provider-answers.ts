import type { Payment } from '../world/payments.js';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
  /** The payment the answer is about, for faults that speak of it elsewhere. */
  payment?: Payment;
}

export function answer(body: Record<string, unknown>, payment?: Payment): Answer {
  return payment === undefined ? { status: 200, body } : { status: 200, body, payment };
}

export function refusal(statusCode: number, code: string, message: string): Answer {
  return { status: statusCode, body: { status: false, statusCode, code, message } };
}

export function invalid(message: string): Answer {
  return refusal(400, 'INVALID_REQUEST_PARAMS', message);
}

export const unknownKey = refusal(403, 'INVALID_API_KEY', 'Invalid api key');
export const noToken = refusal(401, 'AUTH_REQUIRED', 'Authorization header is empty (Bearer JWTtoken is required)');
export const notFound = refusal(404, 'NOT_FOUND', 'Payment not found');
export const wrongLogin = refusal(403, 'INVALID_CREDENTIALS', 'Email or password is wrong');
export const tooMany: Answer = {
  ...refusal(429, 'TOO_MANY_REQUESTS', 'Too many requests'),
  headers: { 'retry-after': '1' },
};
