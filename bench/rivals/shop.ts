import { createHmac } from 'node:crypto';
import { Pool as HttpPool } from 'undici';
import type { RivalSettings } from './settings.js';

/** What a shop sells: the same for every rival. */
export interface ShopOrder {
  readonly orderId: string;
  readonly priceCents: number;
  readonly pollEveryMs: number; // how often the provider is asked while no notice comes
}

export interface Payment {
  readonly paymentId: string;
  readonly status: string;
  readonly address: string;
  readonly amount: string;
  readonly arrived: string;
}

export type Shop = ReturnType<typeof createShop>;

/** The world outside, as every rival meets it: the provider, and the merchant who is told. */
export function createShop({ port, providerUrl, providerKey, receiverUrl, ipnSecret }: RivalSettings) {
  const provider = new HttpPool(new URL(providerUrl).origin, { connections: 64 });
  const merchant = new HttpPool(new URL(receiverUrl).origin, { connections: 64 });
  const headers = { 'x-api-key': providerKey, 'content-type': 'application/json' };
  const base = new URL(providerUrl).pathname;

  async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Payment> {
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await provider.request({ method, path: `${base}${path}`, headers, body: text });
    const said = (await answer.body.json()) as Record<string, unknown>;
    if (answer.statusCode >= 300) throw new Error(`the provider answered ${answer.statusCode}`);
    return {
      paymentId: String(said.payment_id),
      status: String(said.payment_status),
      address: String(said.pay_address),
      amount: String(said.pay_amount),
      arrived: String(said.actually_paid ?? 0),
    };
  }

  return {
    mint: ({ orderId, priceCents }: ShopOrder) =>
      ask('POST', '/payment', {
        price_amount: priceCents / 100,
        price_currency: 'usd',
        pay_currency: 'usdttrc20',
        order_id: orderId,
        ipn_callback_url: `http://127.0.0.1:${port}/ipn`,
      }),
    read: (paymentId: string) => ask('GET', `/payment/${paymentId}`),
    async tell(orderId: string): Promise<void> {
      const body = JSON.stringify({ type: 'order.paid', order_id: orderId });
      const signature = createHmac('sha256', ipnSecret).update(body).digest('hex');
      const signed = { 'content-type': 'application/json', 'x-signature': signature };
      const answer = await merchant.request({
        method: 'POST',
        path: new URL(receiverUrl).pathname,
        headers: signed,
        body,
      });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`the merchant answered ${answer.statusCode}`);
    },
  };
}

/** Whether the whole sum is there, as the provider says. */
export function isPaid(payment: Payment): boolean {
  return payment.status === 'finished' && Number(payment.arrived) >= Number(payment.amount);
}

export function isOver({ status }: Payment): boolean {
  return status === 'failed' || status === 'expired';
}
