import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../evidence.js';
import type { World } from '../world.js';
import type { Finding } from './finding.js';

const receiptsRead = 12; // from each API, in three forms

/** I9 and I17: receipts are the same bytes from every process, and no log shows a secret. */
export async function judgeSealed(
  world: World,
  evidence: Evidence,
  keys: ReadonlyMap<string, string>, // API key of an account
): Promise<Finding[]> {
  return [...(await judgeReceipts(world, evidence, keys)), ...judgeLogs(world, [...keys.values()])];
}

async function judgeReceipts(
  { apiUrls }: World,
  { orders }: Evidence,
  keys: ReadonlyMap<string, string>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const paid = orders.filter(({ status }) => status === 'paid').slice(0, receiptsRead);
  for (const { id, accountId } of paid) {
    for (const form of ['receipt', 'receipt.txt', 'receipt.pdf']) {
      const seen = new Set<string>();
      for (const url of [...apiUrls, ...apiUrls]) {
        const headers = { authorization: `Bearer ${keys.get(accountId)}` };
        const answer = await fetch(`${url}/v1/billing/crypto-orders/${id}/${form}`, { headers });
        const bytes = Buffer.from(await answer.arrayBuffer());
        seen.add(`${answer.status} ${createHash('sha256').update(bytes).digest('hex')}`);
      }
      if (seen.size === 1 && [...seen][0]?.startsWith('200 ')) continue;
      findings.push({ invariant: 'I9', harm: 'wrong', orderId: id, detail: `${form}: ${[...seen].join(', ')}` });
    }
  }
  return findings;
}

function judgeLogs({ home, secrets }: World, apiKeys: readonly string[]): Finding[] {
  const hidden = [...secrets, ...apiKeys];
  const logs = join(home, 'logs');
  return readdirSync(logs).flatMap((file): Finding[] => {
    const text = readFileSync(join(logs, file), 'utf8');
    const shown = hidden.filter((secret) => text.includes(secret)).length;
    const detail = `${file} shows ${shown} secrets`;
    return shown === 0 ? [] : [{ invariant: 'I17', harm: 'wrong', orderId: null, detail }];
  });
}
