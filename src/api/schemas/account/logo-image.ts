import { crc32, inflateSync } from 'node:zlib';

export const logoLimits = { bytes: 32 * 1024, least: 16, most: 1024 } as const; // pixels a side

export type ReadLogo = { readonly png: Buffer } | { readonly fault: string };

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }; // by colour type
const kept = ['IHDR', 'PLTE', 'tRNS', 'sRGB', 'gAMA', 'cHRM', 'IDAT', 'IEND'];

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  readonly whole: Buffer; // with its length and checksum
}

/**
 * A logo as it is kept: a PNG whose parts are whole, whose pixels are as many as it says, and without what is not the
 * picture: comments, the place it was taken at, an animation.
 */
export function readLogo(bytes: Buffer): ReadLogo {
  if (bytes.length > logoLimits.bytes) return { fault: `expected at most ${logoLimits.bytes / 1024} KB` };
  if (!bytes.subarray(0, 8).equals(signature)) return { fault: 'expected a PNG: this has not its signature' };
  const chunks = chunksIn(bytes.subarray(8));
  if (chunks === null) return { fault: 'expected a whole PNG: this one is cut, or was changed on its way' };
  const [header] = chunks;
  if (header?.type !== 'IHDR' || header.data.length !== 13)
    return { fault: 'expected a PNG that begins with its size' };
  const fault = sizeFault(header.data) ?? pixelFault(header.data, chunks);
  if (fault !== null) return { fault };
  const parts = chunks.filter(({ type }) => kept.includes(type)).map(({ whole }) => whole);
  return { png: Buffer.concat([signature, ...parts]) };
}

function sizeFault(header: Buffer): string | null {
  const { least, most } = logoLimits;
  const sides = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (sides.some((side) => side < least || side > most)) {
    return `expected ${least} to ${most} pixels a side: this is ${sides.join(' by ')}`;
  }
  return header[12] === 0 ? null : 'expected a PNG without interlacing';
}

/** Whether what is packed unpacks to exactly the pixels that are named: neither fewer nor a flood. */
function pixelFault(header: Buffer, chunks: readonly Chunk[]): string | null {
  const samples = samplesOf[header[9] ?? -1];
  const depth = header[8] ?? 0;
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) return 'expected a PNG of a known colour type';
  if (header[9] === 3 && !chunks.some(({ type }) => type === 'PLTE')) return 'expected a PNG with its palette';
  const row = 1 + Math.ceil((header.readUInt32BE(0) * samples * depth) / 8);
  const expected = row * header.readUInt32BE(4);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  return unpackedLength(packed, expected) === expected ? null : 'expected a PNG with as many pixels as it says';
}

function unpackedLength(packed: Buffer, most: number): number | null {
  try {
    return inflateSync(packed, { maxOutputLength: most }).length;
  } catch {
    return null; // not packed at all, cut, or more than it says
  }
}

/** Null where a part is cut, its checksum does not fit, or something stands behind the end. */
function chunksIn(bytes: Buffer): Chunk[] | null {
  const chunks: Chunk[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    const whole = bytes.subarray(at, end);
    if (crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(whole.length - 4)) return null;
    const type = whole.toString('latin1', 4, 8);
    chunks.push({ type, data: whole.subarray(8, -4), whole });
    at = end;
    if (type === 'IEND') return at === bytes.length ? chunks : null;
  }
  return null;
}
