/** One panel: a figure for each number of orders that wait. */
export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly { readonly orders: number; readonly value: number }[];
}

const panel = { width: 300, height: 230, left: 28, right: 30, top: 62, bottom: 40 };
const inner = { width: panel.width - panel.left - panel.right, height: panel.height - panel.top - panel.bottom };

/**
 * Curves side by side, as an SVG that is read on light and on dark pages. Orders stand on a logarithmic axis and values begin at
 * zero: what is flat costs nothing more, and no small step looks like a wall.
 */
export function growthCurves(curves: readonly Curve[]): string {
  const width = panel.width * curves.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${panel.height}" role="img" aria-label="Growth curves">`,
    '  <style>',
    '    text { font: 12px system-ui, sans-serif; fill: #24292f } .unit { fill: #57606a } .axis { stroke: #8c959f }',
    '    .line { stroke: #0969da; stroke-width: 2; fill: none } .dot { fill: #0969da }',
    '    @media (prefers-color-scheme: dark) {',
    '      text { fill: #e6edf3 } .unit { fill: #9198a1 } .axis { stroke: #6e7681 } .line { stroke: #58a6ff } .dot { fill: #58a6ff }',
    '    }',
    '  </style>',
    ...curves.map((curve, index) => drawn(curve, index * panel.width)),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ title, unit, points }: Curve, offset: number): string {
  const orders = points.map((point) => point.orders);
  const from = Math.log(Math.min(...orders));
  const to = Math.log(Math.max(...orders));
  const most = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE);
  const bottom = panel.top + inner.height;
  const placed = points.map((point) => ({
    ...point,
    x: round(panel.left + (to > from ? (Math.log(point.orders) - from) / (to - from) : 0.5) * inner.width),
    y: round(bottom - (point.value / most) * inner.height),
  }));
  return [
    `  <g transform="translate(${offset} 0)">`,
    `    <text x="${panel.left}" y="18">${escaped(title)}</text>`,
    `    <text class="unit" x="${panel.left}" y="34">${escaped(unit)}</text>`,
    `    <line class="axis" x1="${panel.left}" y1="${bottom}" x2="${panel.left + inner.width}" y2="${bottom}"/>`,
    `    <polyline class="line" points="${placed.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
    ...placed.flatMap(({ x, y, value, orders: count }) => [
      `    <circle class="dot" cx="${x}" cy="${y}" r="3"/>`,
      `    <text x="${x}" y="${round(y - 8)}" text-anchor="middle">${inWords(value)}</text>`,
      `    <text class="unit" x="${x}" y="${bottom + 18}" text-anchor="middle">${inWords(count)}</text>`,
    ]),
    `    <text class="unit" x="${panel.left}" y="${bottom + 34}">orders that wait</text>`,
    '  </g>',
  ].join('\n');
}

const round = (value: number): number => Math.round(value * 10) / 10;
const inWords = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(round(value));
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
