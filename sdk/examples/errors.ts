import { ConflictError, NotFoundError, Quittance, QuittanceError, ValidationError } from '@quittance/sdk';

const client = new Quittance({
  apiKey: process.env.QUITTANCE_API_KEY ?? '',
  baseUrl: process.env.QUITTANCE_URL ?? 'http://127.0.0.1:8080',
});
const orderId = process.argv[2] ?? '';

try {
  await client.cryptoOrders.cancel(orderId);
  console.log(`${orderId} is cancelled`);
} catch (error) {
  if (error instanceof NotFoundError) console.log(`${orderId} is not an order of this account`);
  else if (error instanceof ConflictError) console.log(`cannot cancel: ${error.detail}`);
  else if (error instanceof ValidationError) console.log('check these fields:', error.issues.fieldErrors);
  else if (error instanceof QuittanceError && error.isRetryable) console.log(`try again later (${error.instance})`);
  else throw error;
}
