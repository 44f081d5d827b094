import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrastOf, leastContrast } from '../../src/domain/merchant/contrast.js';
import { accentFault, themeCss } from '../../src/web/theme.js';

const styles = readFileSync(path.resolve(import.meta.dirname, '../../src/web/static/styles.css'), 'utf8');

/** The grounds that a link or a button may stand on, as the stylesheet has them. */
function grounds(css: string): string[] {
  return [...css.matchAll(/--(?:page|card|sunken|\w+-tint): (#[0-9a-f]{6})/g)].map((match) => match[1] ?? '');
}

describe('an accent', () => {
  const accepted = ['#000000', '#0b6b63', '#7a2e8a', '#0000ff', '#b00020', '#5a5a5a'];

  it.each(accepted)('%s can be read wherever our pages show it, in light and in dark', (accent) => {
    expect(accentFault(accent)).toBeNull();
    const [light = '', dark = ''] = styles.split('@media (prefers-color-scheme: dark)');
    expect(grounds(light).length).toBeGreaterThanOrEqual(7);
    expect(grounds(dark).length).toBeGreaterThanOrEqual(7);
    const [, onLight = '', white = '', onDark = '', ink = ''] =
      /:root\{--accent:(.{7});--on-accent:(.{7})\}\n@media .*--accent:(.{7});--on-accent:(.{7})\}/.exec(
        themeCss(accent),
      ) ?? [];
    expect([onLight, white]).toEqual([accent, '#ffffff']);
    for (const ground of [...grounds(light), white]) {
      expect(contrastOf(onLight, ground), ground).toBeGreaterThanOrEqual(leastContrast);
    }
    for (const ground of [...grounds(dark), ink]) {
      expect(contrastOf(onDark, ground), ground).toBeGreaterThanOrEqual(leastContrast);
    }
  });

  it.each([
    ['#ffffff', '1.1'],
    ['#ffd400', '1.2'],
    ['#f08a24', '2.2'],
    ['#767676', '3.9'],
  ])('%s is refused in words: its contrast is %s', (colour, contrast) => {
    expect(accentFault(colour)).toBe(
      `too light to be read on our pages: its contrast is ${contrast}, and WCAG AA asks for 4.5; expected a darker colour`,
    );
  });
});
