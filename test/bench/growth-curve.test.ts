import { describe, expect, it } from 'vitest';
import { growthCurves } from '../../bench/growth/curve.js';

const points = [
  { orders: 1_000, value: 50 },
  { orders: 10_000, value: 100 },
  { orders: 100_000, value: 2_500.4 },
];

describe('the growth curves', () => {
  const svg = growthCurves([
    { title: 'Memory & more', unit: 'MiB <all>', points },
    { title: 'Flat', unit: 'ms', points: points.map(({ orders }) => ({ orders, value: 12.34 })) },
  ]);

  it('begin at zero and have the orders on a logarithmic axis', () => {
    const [first] = [...svg.matchAll(/polyline class="line" points="([^"]*)"/g)].map(([, text]) => text!.split(' '));
    const [left, middle, right] = first!.map((point) => point.split(',').map(Number) as [number, number]);
    expect(middle![0]).toBeCloseTo((left![0] + right![0]) / 2, 0); // ten times as many are as far again
    const bottom = Number(/class="axis" x1="\d+" y1="(\d+)"/.exec(svg)![1]);
    expect((bottom - middle![1]) / (bottom - right![1])).toBeCloseTo(100 / 2_500.4, 2);
  });

  it('say each value and number in words, and escape what is said of them', () => {
    expect(svg).toContain('>2,500</text>');
    expect(svg).toContain('>12.3</text>');
    expect(svg).toContain('>100,000</text>');
    expect(svg).toContain('Memory &amp; more');
    expect(svg).toContain('MiB &lt;all>');
  });

  it('are read on light and on dark pages, by nothing but the file itself', () => {
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg).not.toMatch(/href|url\(|<script/);
    expect(svg).not.toContain('NaN');
  });

  it('draws a single number of orders too', () => {
    const one = growthCurves([{ title: 'One', unit: 'ms', points: points.slice(0, 1) }]);
    expect(one).not.toContain('NaN');
  });
});
