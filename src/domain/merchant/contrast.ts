/** What WCAG 2.2 AA asks of text against what is behind it (1.4.3). */
export const leastContrast = 4.5;

/** The contrast of two colours, `#rrggbb`: from 1, the same, to 21, black on white. */
export function contrastOf(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The colour itself where it can be read on a dark ground, else as little lighter as that takes. */
export function lightenedFor(ground: string, colour: string): string {
  const steps = 50;
  for (let step = 0; step < steps; step += 1) {
    const lighter = mixedWithWhite(colour, step / steps);
    if (contrastOf(lighter, ground) >= leastContrast) return lighter;
  }
  return '#ffffff';
}

function mixedWithWhite(colour: string, share: number): string {
  const channels = channelsOf(colour).map((value) => Math.round(value + (255 - value) * share));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
