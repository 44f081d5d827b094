import { createHash } from 'node:crypto';
import { base58xrp } from '@scure/base';

const accountPrefix = 0x00;
const accountLength = 20;
const mainNetPrefix = [0x05, 0x44];
const hasTag = 0x01;
const largestTag = 0xffff_ffff;
const checksumLength = 4;

/**
 * An account and its destination tag as one text (XLS-5): a wallet reads both or refuses it, and cannot send without the tag.
 * Null where address or tag is none, checksum included.
 */
export function xAddress(address: string, tag: string): string | null {
  const account = accountOf(address);
  if (account === null || !/^(0|[1-9]\d{0,9})$/.test(tag) || Number(tag) > largestTag) return null;
  const flagAndTag = Buffer.alloc(9); // room for a tag of 64 bits, of which the ledger knows 32
  flagAndTag.writeUInt8(hasTag);
  flagAndTag.writeUInt32LE(Number(tag), 1);
  const content = Buffer.from([...mainNetPrefix, ...account, ...flagAndTag]);
  return base58xrp.encode(Buffer.concat([content, checksumOf(content)]));
}

function accountOf(address: string): Buffer | null {
  const bytes = decoded(address);
  const content = bytes.subarray(0, -checksumLength);
  if (content.length !== accountLength + 1 || content[0] !== accountPrefix) return null;
  return checksumOf(content).equals(bytes.subarray(-checksumLength)) ? content.subarray(1) : null;
}

function decoded(address: string): Buffer {
  try {
    return Buffer.from(base58xrp.decode(address));
  } catch {
    return Buffer.alloc(0); // not base58
  }
}

function checksumOf(content: Buffer): Buffer {
  return sha256(sha256(content)).subarray(0, checksumLength);
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
