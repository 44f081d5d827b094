import { inflateSync } from 'node:zlib';

const woffHeaderBytes = 44;
const woffEntryBytes = 20;
const sfntHeaderBytes = 12;
const sfntEntryBytes = 16;

/**
 * Unpacks a WOFF 1.0 file into the plain font inside it. pdfkit reads WOFF too, but inflates in script and again for
 * every document: half a second for a page that takes a few milliseconds otherwise.
 */
export function unpackWoff(woff: Buffer): Buffer {
  const tableCount = woff.readUInt16BE(12);
  const header = Buffer.alloc(sfntHeaderBytes + sfntEntryBytes * tableCount);
  const power = 2 ** Math.floor(Math.log2(tableCount));
  woff.copy(header, 0, 4, 8); // the flavour of the font inside
  header.writeUInt16BE(tableCount, 4);
  header.writeUInt16BE(power * 16, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE((tableCount - power) * 16, 10);

  const tables: Buffer[] = [];
  let offset = header.length;
  for (let index = 0; index < tableCount; index++) {
    const entry = woff.subarray(woffHeaderBytes + woffEntryBytes * index);
    const packed = woff.subarray(entry.readUInt32BE(4), entry.readUInt32BE(4) + entry.readUInt32BE(8));
    const length = entry.readUInt32BE(12);
    const table = packed.length < length ? inflateSync(packed) : packed;
    const at = sfntHeaderBytes + sfntEntryBytes * index;
    entry.copy(header, at, 0, 4); // tag
    entry.copy(header, at + 4, 16, 20); // checksum
    header.writeUInt32BE(offset, at + 8);
    header.writeUInt32BE(length, at + 12);
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    tables.push(table, padding);
    offset += length + padding.length;
  }
  return Buffer.concat([header, ...tables]);
}
