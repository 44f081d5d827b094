import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/config.js';
import { receiptsAfter, type StoredReceipt } from '../../src/db/money/receipts.js';
import { createReceiptSigner, isSignedBy, type ReceiptKey } from '../../src/db/secrets/receipt-signatures.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { progressLines } from './answer.js';
import { command, group } from './command.js';
import { programEnvironment, withPool } from './environment.js';

const verify = command({
  words: 'verify [order]',
  about: 'Check that receipts are what was frozen: their hash, and the signature under it',
  options: (parser) => parser.positional('order', { type: 'string', describe: 'One order; otherwise all' }),
  run: async ({ order }) => {
    const { masterKeys, receiptSigning } = loadConfig(programEnvironment());
    const { keys } = createReceiptSigner(keyringOf(masterKeys), receiptSigning);
    const { checked, unsigned, wrong } = await withPool('receipts', async (pool) => {
      const say = progressLines();
      const found = { checked: 0, unsigned: 0, wrong: [] as { order_id: string; fault: string }[] };
      for (let after = ''; ;) {
        const rows = await receiptsAfter(pool, { after, only: order ?? null });
        for (const row of rows) {
          const fault = faultOf(row, keys);
          if (fault !== null) found.wrong.push({ order_id: row.orderId, fault });
          if (row.signature === null) found.unsigned += 1;
        }
        found.checked += rows.length;
        say(() => `${found.checked.toLocaleString('en')} receipts checked …`);
        const last = rows.at(-1);
        if (!last || order !== undefined) return found;
        after = last.orderId;
      }
    });
    const lines = [
      ...wrong.map(({ order_id, fault }) => `WRONG ${order_id}: ${fault}`),
      `${checked.toLocaleString('en')} receipts checked, ${wrong.length} wrong, ${unsigned} from before receipts were signed`,
    ];
    const isMissing = order !== undefined && checked === 0;
    return { lines, json: { checked, unsigned, wrong }, needsPerson: wrong.length > 0 || isMissing };
  },
});

export const receipts = group('receipts', 'Receipts: verify', [verify]);

function faultOf({ body, sha256, signature }: StoredReceipt, keys: readonly ReceiptKey[]): string | null {
  if (createHash('sha256').update(body, 'utf8').digest('hex') !== sha256) return 'its bytes are not those of its hash';
  if (signature !== null && !isSignedBy(keys, Buffer.from(body), signature)) return 'no key of ours signed it';
  return null;
}
