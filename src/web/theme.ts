import { contrastOf, leastContrast, lightenedFor } from '../domain/merchant/contrast.js';

// The grounds of styles.css on which an accent is hardest to read.
const lightGround = '#e9f1fb';
const darkGround = '#12301f';
const darkInk = '#0e141b';

/** Why a colour cannot be the accent of a page; null: links and buttons in it can be read. */
export function accentFault(colour: string): string | null {
  const contrast = contrastOf(colour, lightGround);
  if (contrast >= leastContrast) return null;
  const shown = (Math.floor(contrast * 10) / 10).toFixed(1); // rounded up, 4.46 would read as enough
  return `too light to be read on our pages: its contrast is ${shown}, and WCAG AA asks for ${leastContrast}; expected a darker colour`;
}

/** The stylesheet of an accent, after the common one: as it is on light, lightened until it can be read on dark. */
export function themeCss(accent: string): string {
  const onDark = lightenedFor(darkGround, accent);
  return [
    `:root{--accent:${accent};--on-accent:#ffffff}`,
    `@media (prefers-color-scheme:dark){:root{--accent:${onDark};--on-accent:${darkInk}}}`,
    '',
  ].join('\n');
}

/** Where the stylesheet of an accent is. */
export function themeUrl(accent: string): string {
  return `/brand/${accent.slice(1)}.css`;
}

/** Where a logo is, by its content: as long as an account shows it. */
export function logoUrl(sha256: string): string {
  return `/brand/${sha256}.png`;
}
