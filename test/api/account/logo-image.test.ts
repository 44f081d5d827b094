import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLogo } from '../../../src/api/schemas/account/logo-image.js';
import { aLogo, pixels, pngHeader, pngOf, pngPart } from '../../support/a-logo.js';

const packed = (width: number, height: number) => pngPart('IDAT', deflateSync(pixels(width, height)));

describe('a logo', () => {
  it('is kept as it is', () => {
    expect(readLogo(aLogo())).toEqual({ png: aLogo() });
    expect(readLogo(aLogo(16, 16))).toHaveProperty('png');
    expect(readLogo(aLogo(1024, 16))).toHaveProperty('png');
  });

  it('loses what is not the picture: texts, the place it was taken at, an animation', () => {
    const place = pngPart('eXIf', Buffer.from('52.5200 N, 13.4050 E'));
    const comment = pngPart('tEXt', Buffer.from('Author\0Mira'));
    const frames = pngPart('acTL', Buffer.alloc(8));
    const given = pngOf(pngHeader(96, 48), place, comment, frames, packed(96, 48));
    expect(readLogo(given)).toEqual({ png: aLogo() });
  });

  const cut = aLogo().subarray(0, -20);
  const changed = Buffer.from(aLogo());
  changed[40] = (changed[40] ?? 0) ^ 1;
  const named = (width: number, height: number) => pngOf(pngHeader(width, height), packed(96, 48));

  it.each([
    ['a text', Buffer.from('<svg onload="alert(1)"/>'), 'expected a PNG: this has not its signature'],
    ['nothing', Buffer.alloc(0), 'expected a PNG: this has not its signature'],
    ['one that is cut', cut, 'expected a whole PNG: this one is cut, or was changed on its way'],
    ['one of which a bit fell over', changed, 'expected a whole PNG: this one is cut, or was changed on its way'],
    [
      'one with a page behind its end',
      Buffer.concat([aLogo(), Buffer.from('<script>1</script>')]),
      'expected a whole PNG: this one is cut, or was changed on its way',
    ],
    ['one without its size', pngOf(packed(96, 48)), 'expected a PNG that begins with its size'],
    ['one too small', aLogo(15, 40), 'expected 16 to 1024 pixels a side: this is 15 by 40'],
    ['one too large', named(1025, 40), 'expected 16 to 1024 pixels a side: this is 1025 by 40'],
    ['one interlaced', pngOf(pngHeader(96, 48, 1), packed(96, 48)), 'expected a PNG without interlacing'],
    ['one with more pixels than it says', named(96, 47), 'expected a PNG with as many pixels as it says'],
    ['one with fewer pixels than it says', named(96, 49), 'expected a PNG with as many pixels as it says'],
    [
      'one that unpacks to a flood',
      pngOf(pngHeader(16, 16), packed(1024, 900)),
      'expected a PNG with as many pixels as it says',
    ],
    ['one too heavy', Buffer.concat([aLogo(), Buffer.alloc(32 * 1024)]), 'expected at most 32 KB'],
  ])('is not %s', (_, bytes, fault) => {
    expect(readLogo(bytes)).toEqual({ fault });
  });
});
