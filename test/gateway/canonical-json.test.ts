import { describe, expect, it } from 'vitest';
import { canonicalise, reserialise } from '../../src/gateway/canonical-json.js';

const canonical = (text: string) => {
  const result = canonicalise(text);
  return result.kind === 'object' ? result.text : result.kind;
};
const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

describe('form A', () => {
  it.each([
    ['sorts keys at every depth', '{"b":{"d":1,"c":2},"a":3}', '{"a":3,"b":{"c":2,"d":1}}'],
    [
      'sorts inside arrays and keeps their order',
      '{"l":[{"b":1,"a":2},[{"d":1,"c":2}],0]}',
      '{"l":[{"a":2,"b":1},[{"c":2,"d":1}],0]}',
    ],
    [
      'keeps numbers as they were sent',
      '{"b":100.0,"a":1E+2,"c":0.0000001,"d":-0}',
      '{"a":1E+2,"b":100.0,"c":0.0000001,"d":-0}',
    ],
    ['keeps nineteen digits', '{"id":5333977169123456789}', '{"id":5333977169123456789}'],
    ['keeps escapes as they were sent', '{"b":"\\u00e9\\/","a":"é/"}', '{"a":"é/","b":"\\u00e9\\/"}'],
    ['sorts by the decoded key', '{"b":1,"\\u0061":2}', '{"\\u0061":2,"b":1}'],
    ['sorts in UTF-16 order, not by code point', '{"\uFF61":1,"😀":2}', '{"😀":2,"\uFF61":1}'],
    ['sorts integer-like keys as text', '{"9":1,"10":2}', '{"10":2,"9":1}'],
    [
      'keeps __proto__ as a key like any other',
      '{"z":1,"__proto__":{"b":1,"a":2}}',
      '{"__proto__":{"a":2,"b":1},"z":1}',
    ],
    ['drops blanks between tokens only', ' {\t"a" :\r\n[ 1 , "x y" ] }\n', '{"a":[1,"x y"]}'],
    ['passes empty containers', '{"b":{},"a":[]}', '{"a":[],"b":{}}'],
  ])('%s', (_name, sent, expected) => {
    expect(canonical(sent)).toBe(expected);
  });

  it.each(['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"x":[{"b":1,"c":2,"b":1}]}', '{"__proto__":1,"__proto__":1}'])(
    'notices duplicate keys, equal or not, decoded: %s',
    (text) => {
      expect(canonical(text)).toBe('duplicate_keys');
    },
  );

  it('says whether a list is in it, at any depth', () => {
    expect(canonicalise('{"a":{"b":1}}')).toMatchObject({ hasLists: false });
    expect(canonicalise('{"a":{"b":[]}}')).toMatchObject({ hasLists: true });
  });

  it('takes 32 levels and no more', () => {
    expect(canonical(nested(32))).toBe(nested(32));
    expect(canonical(nested(33))).toBe('too_deep');
    expect(canonical(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`)).toBe(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`);
    expect(canonical(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`)).toBe('too_deep');
  });

  it('counts values, and stops at 4,000: nothing is sorted for a stranger', () => {
    const ofValues = (count: number) => `{"a":[${Array.from({ length: count - 2 }, () => '0').join(',')}]}`;
    expect(canonical(ofValues(4000))).toBe(ofValues(4000));
    expect(canonical(ofValues(4001))).toBe('too_many_values');
    expect(canonical(`{${Array.from({ length: 4000 }, (_, at) => `"k${at}":0`).join(',')}}`)).toBe('too_many_values');
  });

  it('measures depth before it recurses, so half a million levels do not overflow the stack', () => {
    expect(canonical('{"a":'.repeat(200_000))).toBe('too_deep');
  });

  it('calls a body with duplicate keys too deep when it is both', () => {
    expect(canonical(`{"a":1,"a":${nested(32)}}`)).toBe('too_deep');
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['an array', '[{"a":1}]'],
    ['a string', '"a"'],
    ['a number', '1'],
    ['null', 'null'],
    ['a cut object', '{"a":1'],
    ['a cut string', '{"a":"b'],
    ['a cut escape', '{"a":"\\u00e"}'],
    ['an unknown escape', '{"a":"\\x41"}'],
    ['a raw newline in a string', '{"a":"b\nc"}'],
    ['a raw NUL in a string', '{"a":"\u0000"}'],
    ['a trailing comma', '{"a":1,}'],
    ['a trailing comma in a list', '{"a":[1,]}'],
    ['a missing comma', '{"a":1 "b":2}'],
    ['a missing colon', '{"a" 1}'],
    ['a bare key', '{a:1}'],
    ['a key that is a number', '{1:1}'],
    ['two documents', '{"a":1}{"a":1}'],
    ['a comment', '{"a":1}//'],
    ['a leading zero', '{"a":01}'],
    ['a bare fraction', '{"a":.5}'],
    ['a cut fraction', '{"a":5.}'],
    ['a plus sign', '{"a":+1}'],
    ['hex', '{"a":0x10}'],
    ['NaN', '{"a":NaN}'],
    ['single quotes', "{'a':1}"],
    ['a byte order mark', '\uFEFF{"a":1}'],
    ['a no-break space', '\u00A0{"a":1}'],
  ])('is not given to %s', (_name, text) => {
    expect(canonical(text)).toBe('not_an_object');
  });

  it('reads a string of a million characters', () => {
    const text = `{"b":"${'x'.repeat(1_000_000)}","a":1}`;
    expect(canonical(text)).toBe(`{"a":1,"b":"${'x'.repeat(1_000_000)}"}`);
  });
});

describe('form B', () => {
  it.each([
    [
      'sorts at every depth, inside arrays too',
      '{"l":[{"b":1,"a":2}],"a":{"d":1,"c":[]}}',
      '{"a":{"c":[],"d":1},"l":[{"a":2,"b":1}]}',
    ],
    ['keeps __proto__', '{"z":1,"__proto__":{"b":1,"a":2}}', '{"__proto__":{"a":2,"b":1},"z":1}'],
    ['respells numbers as JavaScript does', '{"b":100.0,"a":0.0000001,"c":1e2}', '{"a":1e-7,"b":100,"c":100}'],
    ['rounds nineteen digits', '{"id":5333977169123456789}', '{"id":5333977169123457000}'],
    ['prints integer-like keys in numeric order', '{"10":2,"9":1}', '{"9":1,"10":2}'],
    ['keeps null', '{"b":null,"a":[null]}', '{"a":[null],"b":null}'],
    ['respells escapes', '{"a":"caf\\u00e9 \\/ 1"}', '{"a":"café / 1"}'],
  ])('%s', (_name, sent, expected) => {
    expect(reserialise(sent)).toBe(expected);
  });

  it('is not given to a text that is no JSON', () => {
    expect(reserialise('{"a":1')).toBeNull();
  });
});

describe('nothing global', () => {
  it('is changed by a __proto__ in the text', () => {
    canonicalise('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    reserialise('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
