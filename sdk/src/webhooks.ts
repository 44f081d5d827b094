import type { KeyedOptions, RequestOptions } from './orders/crypto-orders.js';
import type { Http } from './http.js';
import { walkPages } from './pages.js';
import { segment } from './path.js';
import type {
  CreateWebhookRequest,
  CreatedWebhookEndpoint,
  ListDeliveriesOptions,
  ListEventsOptions,
  ReplayWindowRequest,
  ReplayedWindow,
  RotatedSecret,
  SentTest,
  ToldEventPage,
  UpdateWebhookRequest,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookEndpoint,
  WebhookEndpointList,
} from './webhook-endpoint.js';

const endpoints = '/v1/webhooks';

export class Webhooks {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** The answer holds the secret, once: keep it. */
  create(body: CreateWebhookRequest, options: KeyedOptions = {}): Promise<CreatedWebhookEndpoint> {
    return this.#http.json({ method: 'POST', path: endpoints, body, ...options });
  }

  list({ signal }: RequestOptions = {}): Promise<WebhookEndpointList> {
    return this.#http.json({ method: 'GET', path: endpoints, signal });
  }

  get(id: string, { signal }: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#http.json({ method: 'GET', path: `${endpoints}/${segment(id)}`, signal });
  }

  update(id: string, body: UpdateWebhookRequest, { signal }: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#http.json({ method: 'PATCH', path: `${endpoints}/${segment(id)}`, body, signal });
  }

  delete(id: string, { signal }: RequestOptions = {}): Promise<void> {
    return this.#http.json({ method: 'DELETE', path: `${endpoints}/${segment(id)}`, signal });
  }

  /** One page, newest first; `iterateDeliveries` walks them. */
  listDeliveries(
    id: string,
    options?: ListDeliveriesOptions,
    { signal }: RequestOptions = {},
  ): Promise<WebhookDeliveryPage> {
    return this.#http.json({
      method: 'GET',
      path: `${endpoints}/${segment(id)}/deliveries`,
      query: options,
      signal,
    });
  }

  async *iterateDeliveries(
    id: string,
    options: ListDeliveriesOptions = {},
    request?: RequestOptions,
  ): AsyncGenerator<WebhookDelivery, void, undefined> {
    const load = (cursor: string | undefined): Promise<WebhookDeliveryPage> =>
      this.listDeliveries(id, cursor === undefined ? options : { ...options, cursor }, request);
    for await (const page of walkPages(options.cursor, load)) yield* page.data;
  }

  /** One page of what was told, oldest first, whether an endpoint subscribed to it or not. */
  listEvents(options: ListEventsOptions, { signal }: RequestOptions = {}): Promise<ToldEventPage> {
    return this.#http.json({ method: 'GET', path: '/v1/webhook-events', query: options, signal });
  }

  /** Sends one delivery again, with the same event id. */
  replayDelivery(deliveryId: string, options: KeyedOptions = {}): Promise<WebhookDelivery> {
    return this.#http.json({
      method: 'POST',
      path: `/v1/webhook-deliveries/${segment(deliveryId)}/replay`,
      ...options,
    });
  }

  /** Sends again what an endpoint missed in a span of time. */
  replayWindow(id: string, body: ReplayWindowRequest, options: KeyedOptions = {}): Promise<ReplayedWindow> {
    return this.#http.json({ method: 'POST', path: `${endpoints}/${segment(id)}/replay`, body, ...options });
  }

  /** The old secret signs beside the new one until the grace ends. */
  rotateSecret(id: string, options: KeyedOptions = {}): Promise<RotatedSecret> {
    return this.#http.json({ method: 'POST', path: `${endpoints}/${segment(id)}/rotate-secret`, ...options });
  }

  /** Sends a `test.ping`. */
  sendTest(id: string, options: KeyedOptions = {}): Promise<SentTest> {
    return this.#http.json({ method: 'POST', path: `${endpoints}/${segment(id)}/test`, ...options });
  }
}
