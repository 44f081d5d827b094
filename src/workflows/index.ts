export { cryptoOrderWorkflow } from './crypto-order.js';
export { deliverWebhookWorkflow } from './deliver-webhook.js';
export { reconcileWorkflow } from './reconcile.js';
export { sweepWorkflow } from './sweep.js';
