import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngPart(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

export function pngHeader(width: number, height: number, interlace = 0): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 2, 0, 0, interlace], 8); // eight bits a sample, red, green and blue
  return pngPart('IHDR', data);
}

/** A picture in violet and orange, of so many pixels. */
export function pixels(width: number, height: number): Buffer {
  const row = Buffer.alloc(1 + 3 * width);
  for (let x = 0; x < width; x += 1) row.set(x < width / 2 ? [0x7a, 0x2e, 0x8a] : [0xf0, 0x8a, 0x24], 1 + 3 * x);
  return Buffer.concat(Array.from({ length: height }, () => row));
}

export function pngOf(...parts: Buffer[]): Buffer {
  return Buffer.concat([signature, ...parts, pngPart('IEND', Buffer.alloc(0))]);
}

export function aLogo(width = 96, height = 48): Buffer {
  return pngOf(pngHeader(width, height), pngPart('IDAT', deflateSync(pixels(width, height))));
}

export const logoSha256 = createHash('sha256').update(aLogo()).digest('hex');
