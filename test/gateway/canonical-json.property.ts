import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalise } from '../../src/gateway/canonical-json.js';

type Json = null | boolean | string | Num | Json[] | Members;
class Num {
  constructor(readonly text: string) {}
}
class Members {
  constructor(readonly entries: [string, Json][]) {}
}

const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.constantFrom('', '.0', '.50', 'e2', 'E-7', '.1e+3'))
  .map(([whole, rest]) => new Num(`${whole}${rest}`));
const key = fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.nat(50).map(String), fc.constant('__proto__'));

const { object } = fc.letrec<{ object: Members; value: Json }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([name]) => name, maxLength: 5 })
    .map((entries) => new Members(entries)),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'binary', maxLength: 8 }),
    number,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
}));

/** Prints with members ordered, and blanks placed, as `choose` says. */
function print(value: Json, choose: (below: number) => number): string {
  const blank = () => ['', ' ', '\n\t'][choose(3)] ?? '';
  if (value instanceof Num) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => blank() + print(item, choose)).join(',')}${blank()}]`;
  if (!(value instanceof Members)) return JSON.stringify(value);
  const rest = [...value.entries];
  const shuffled = value.entries.flatMap(() => rest.splice(choose(rest.length), 1));
  return `{${shuffled.map(([name, member]) => `${blank()}${JSON.stringify(name)}${blank()}:${print(member, choose)}`).join(',')}}`;
}

function chooser(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => (state = (state * 1_664_525 + 1_013_904_223) >>> 0) % Math.max(below, 1);
}

describe('form A', () => {
  it('is the same in whatever order the keys came and wherever there were blanks', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.nat(), (value, one, other) => {
        const first = canonicalise(print(value, chooser(one)));
        expect(first.kind).toBe('object');
        expect(canonicalise(print(value, chooser(other)))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });

  it('is its own canonical form, and says what the text said', () => {
    fc.assert(
      fc.property(object, fc.nat(), (value, seed) => {
        const text = print(value, chooser(seed));
        const first = canonicalise(text);
        const canonical = first.kind === 'object' ? first.text : '';
        expect(canonicalise(canonical)).toEqual(first);
        expect(JSON.parse(canonical)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('takes exactly what JSON.parse takes for an object', () => {
    const almost = fc
      .tuple(object, fc.nat(), fc.nat(), fc.constantFrom('', '"', '}', ',', '0', '\\', ' '))
      .map(([value, seed, at, typed]) => {
        const text = print(value, chooser(seed));
        const place = at % (text.length + 1);
        return text.slice(0, place) + typed + text.slice(place + 1);
      });
    fc.assert(
      fc.property(almost, (text) => {
        expect(canonicalise(text).kind === 'not_an_object').toBe(!isObject(text));
      }),
      { numRuns: 1000 },
    );
  });
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
