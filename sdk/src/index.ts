export { Account } from './account/account.js';
export type { Profile, UpdateProfileRequest } from './account/account.js';
export type { Product, ProductList, ReplaceProductsRequest } from './account/products.js';
export { Quittance, Quittance as Driftstack } from './client.js';
export type { QuittanceOptions } from './client.js';
export { CryptoOrders } from './orders/crypto-orders.js';
export type { CheckoutOptions, KeyedOptions, RequestOptions } from './orders/crypto-orders.js';
export {
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
  QuittanceError,
  QuittanceError as DriftstackError,
  RateLimitError,
  RevokedKeyError,
  ValidationError,
  isRetryable,
} from './errors.js';
export type { ErrorKind, Problem, ValidationIssues } from './errors.js';
export type { FetchFunction, FetchResponse } from './http.js';
export type { Deposit, MoneySummary, OrderMoney } from './orders/money.js';
export type {
  Checkout,
  CheckoutRequest,
  Coin,
  CoinList,
  EventSource,
  LatePayment,
  ListOrdersOptions,
  NextAction,
  Order,
  OrderEvent,
  OrderPage,
  OrderStatus,
  PlacedCheckout,
  Quote,
  QuoteRequest,
} from './orders/order.js';
export type { Receipt } from './orders/receipt.js';
export { WebhookPayloadError, WebhookSignatureError, parseWebhook } from './parse-webhook.js';
export type { ParseWebhookOptions } from './parse-webhook.js';
export { verifyReceiptSignature } from './receipt-signature.js';
export type { ReceiptKey, ReceiptKeys, VerifyReceiptOptions } from './receipt-signature.js';
export type { RetryPolicy } from './retry.js';
export { OrderNotPaidError, SettlementTimeoutError } from './orders/settlement.js';
export type { SettlementOptions } from './orders/settlement.js';
export { TransportError } from './transport-error.js';
export { verifyStandardWebhook, verifyWebhookSignature } from './verify.js';
export type { HeaderSource, HeaderValue, VerifyStandardWebhookOptions, VerifyWebhookOptions } from './verify.js';
export type {
  CreateWebhookRequest,
  CreatedWebhookEndpoint,
  DeliveryStatus,
  ListDeliveriesOptions,
  ListEventsOptions,
  Payload,
  ReplayWindowRequest,
  ReplayedWindow,
  RotatedSecret,
  SentTest,
  ToldEvent,
  ToldEventPage,
  UpdateWebhookRequest,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookEndpoint,
  WebhookEndpointList,
} from './webhook-endpoint.js';
export type {
  CaseEscalatedData,
  ChangedData,
  EventType,
  FailedData,
  LatePaymentData,
  OrderCaseData,
  OverpaidData,
  SecondPaymentData,
  PaidData,
  PartialData,
  PingData,
  UnknownEvent,
  WebhookEvent,
} from './webhook-event.js';
export { Webhooks } from './webhooks.js';
