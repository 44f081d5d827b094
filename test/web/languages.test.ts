import { describe, expect, it } from 'vitest';
import { languages } from '../../src/web/pay/language.js';
import { en, type Strings } from '../../src/web/pay/strings/en.js';

// What is written alike in more than one language, each looked at.
const alike: readonly string[] = ['direction', 'extraId', 'choice.tooSmall', 'pageTitle', 'steps.done', 'network'];

const givens = ['GIVEN-1', 'GIVEN-2', 'GIVEN-3'];

/** Every text by its path; of a function what it makes of what it is given. */
function textsOf(strings: object, prefix = ''): [string, string][] {
  return Object.entries(strings).flatMap(([name, text]): [string, string][] => {
    const path = prefix + name;
    if (typeof text === 'string') return [[path, text]];
    if (typeof text !== 'function') return textsOf(text as object, `${path}.`);
    const say = text as (...given: string[]) => unknown;
    const said = say(...givens.slice(0, say.length));
    return [[path, Array.isArray(said) ? said.join('') : String(said)]];
  });
}

const english = new Map(textsOf(en));
const others = languages
  .filter((strings) => strings !== en)
  .map((strings): [string, Strings] => [strings.language, strings]);

describe('the languages of the payment page', () => {
  it('are those that payers speak, each once', () => {
    expect(languages.map(({ language }) => language)).toEqual(['en', 'de', 'es', 'fr', 'pt', 'zh', 'ar']);
  });

  it.each(others)('%s has all texts, and no others', (_, strings) => {
    expect(
      textsOf(strings)
        .map(([path]) => path)
        .sort(),
    ).toEqual([...english.keys()].sort());
  });

  it.each(others)('%s says everything in its own words', (_, strings) => {
    const same = textsOf(strings).filter(([path, text]) => !alike.includes(path) && text === english.get(path));
    expect(same).toEqual([]);
  });

  it.each(others)('%s leaves out nothing that it is given, and says nothing empty', (_, strings) => {
    for (const [path, text] of textsOf(strings)) {
      expect({ path, text }).toEqual({ path, text: expect.stringMatching(/\S/) });
      const given = givens.filter((each) => english.get(path)?.includes(each));
      expect({ path, kept: given.filter((each) => text.includes(each)) }).toEqual({ path, kept: given });
    }
  });

  it.each(others)(
    '%s keeps figures and Latin words in their order where the sentence runs the other way',
    (_, strings) => {
      if (strings.direction === 'ltr') return;
      expect(strings.arrived('1', '2 BTC')).toContain('\u20662 BTC\u2069');
    },
  );
});
