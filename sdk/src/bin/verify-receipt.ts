#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Receipt } from '../orders/receipt.js';
import { parseReceiptSignature, verifyReceiptSignature, type ReceiptKeys } from '../receipt-signature.js';

const usage = `Checks offline that a receipt was signed by a Quittance installation.

  npx @quittance/sdk verify-receipt receipt.json --signature <header> --keys keys.json

  receipt.json  the JSON receipt exactly as downloaded; - reads standard input
  --signature   the x-driftstack-receipt-signature header: ed25519;kid=...;sig=...
  --keys        the installation's /.well-known/quittance-receipts.json, saved to a file

Exit codes: 0 genuine, 1 not genuine, 2 could not check.`;

class CannotCheck extends Error {}

function readArguments(): { receipt: string; signature: string; keys: string } | null {
  const { values, positionals } = parseArgs({
    options: { signature: { type: 'string' }, keys: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) return null;
  const [receipt, ...rest] = positionals[0] === 'verify-receipt' ? positionals.slice(1) : positionals;
  if (!receipt || rest.length > 0 || !values.signature || !values.keys) {
    throw new CannotCheck('one receipt, --signature and --keys are needed; --help explains');
  }
  // A whole header line, as curl prints it, will do.
  return { receipt, signature: values.signature.replace(/^[\w-]+:\s*/, ''), keys: values.keys };
}

function readKeys(file: string): ReceiptKeys {
  const document = JSON.parse(readFileSync(file, 'utf8')) as ReceiptKeys | null;
  if (!Array.isArray(document?.keys)) throw new CannotCheck(`${file}: no "keys" list`);
  return document;
}

async function verifyReceipt(): Promise<number> {
  const given = readArguments();
  if (!given) {
    console.log(usage);
    return 0;
  }
  const signed = parseReceiptSignature(given.signature);
  if (!signed) throw new CannotCheck('--signature: not of the form ed25519;kid=...;sig=...');
  const keys = readKeys(given.keys);
  if (!keys.keys.some((key) => key?.kid === signed.kid)) throw new CannotCheck(`${given.keys}: no key ${signed.kid}`);
  const body = readFileSync(given.receipt === '-' ? 0 : given.receipt);
  if (!(await isGenuine(body, given.signature, keys))) {
    console.error(`NOT GENUINE: key ${signed.kid} did not sign these bytes.`);
    return 1;
  }
  const receipt = JSON.parse(body.toString('utf8')) as Receipt;
  console.log(`Genuine, signed by key ${signed.kid}.`);
  console.log(
    `${receipt.order_id}: ${receipt.price_cents} ${receipt.price_currency} (minor units), paid ${receipt.paid_at}`,
  );
  return 0;
}

async function isGenuine(body: Buffer, header: string, keys: ReceiptKeys): Promise<boolean> {
  if (await verifyReceiptSignature({ body, header, keys })) return true;
  // Editors end a file with a newline that was never served.
  const served = body.toString('utf8').replace(/\r?\n$/, '');
  return verifyReceiptSignature({ body: served, header, keys });
}

process.removeAllListeners('warning'); // Node 18 and 20 call Ed25519 experimental, which says nothing about a receipt
process.exitCode = await verifyReceipt().catch((error: unknown) => {
  console.error(`Could not check: ${error instanceof Error ? error.message : String(error)}`);
  return 2;
});
