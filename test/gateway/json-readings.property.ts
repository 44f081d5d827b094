import { expect, it } from 'vitest';
import { disagreement, textsFrom } from './json-readings.js';

// A million by `npm run fuzz:json`.
it('every text is read alike by the canonicaliser, the door, lossless-json and JSON.parse, or refused', () => {
  const next = textsFrom(770_317);
  const wrong: string[] = [];
  for (let n = 0; n < 10_000; n += 1) {
    const text = next();
    const why = disagreement(text);
    if (why !== null) wrong.push(`${why}: ${JSON.stringify(text)}`);
  }
  expect(wrong).toEqual([]);
});
