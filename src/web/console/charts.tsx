import type { VNode } from 'preact';

export interface ChartKey {
  readonly key: string;
  readonly label: string;
  readonly tone: string; // a class that colours it: `s-paid`
}

export interface ChartBar {
  readonly label: string; // under the bar
  readonly counts: Readonly<Record<string, number>>; // by key
}

const width = 640;
const height = 200;
const margin = { top: 12, right: 4, bottom: 22, left: 40 };
const plot = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };

/** Bars of stacked counts, with a legend, and the numbers as a table underneath. */
export function StackedBars({
  title,
  keys,
  bars,
}: {
  title: string;
  keys: readonly ChartKey[];
  bars: readonly ChartBar[];
}): VNode {
  const top = niceTop(Math.max(0, ...bars.map((bar) => totalOf(bar, keys))));
  const step = plot.width / Math.max(1, bars.length);
  const labelEvery = Math.ceil(bars.length / 10);
  return (
    <figure class="chart card">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. The numbers are in the table below.`}>
        {[0, 0.5, 1].map((share) => (
          <GridLine y={margin.top + plot.height * (1 - share)} label={countText(top * share)} />
        ))}
        {bars.map((bar, index) => (
          <Bar
            bar={bar}
            keys={keys}
            top={top}
            x={margin.left + step * index}
            step={step}
            hasLabel={index % labelEvery === 0}
          />
        ))}
      </svg>
      <ul class="legend">
        {keys.map(({ label, tone }) => (
          <li class={tone}>{label}</li>
        ))}
      </ul>
      <Numbers title={title} keys={keys} bars={bars} />
    </figure>
  );
}

function GridLine({ y, label }: { y: number; label: string }): VNode {
  return (
    <>
      <line x1={margin.left} x2={width - margin.right} y1={y} y2={y} class="grid" />
      <text x={margin.left - 6} y={y + 4} text-anchor="end">
        {label}
      </text>
    </>
  );
}

interface BarProps {
  readonly bar: ChartBar;
  readonly keys: readonly ChartKey[];
  readonly top: number;
  readonly x: number;
  readonly step: number;
  readonly hasLabel: boolean;
}

function Bar({ bar, keys, top, x, step, hasLabel }: BarProps): VNode {
  const thickness = Math.min(48, step * 0.72);
  const inset = (step - thickness) / 2;
  let base = margin.top + plot.height;
  return (
    <g>
      {keys.map(({ key, label, tone }) => {
        const count = bar.counts[key] ?? 0;
        const size = (count / top) * plot.height;
        base -= size;
        return (
          count > 0 && (
            <rect class={tone} x={round(x + inset)} y={round(base)} width={round(thickness)} height={round(size)}>
              <title>{`${bar.label}: ${count} ${label}`}</title>
            </rect>
          )
        );
      })}
      {hasLabel && (
        <text x={round(x + step / 2)} y={height - 6} text-anchor="middle">
          {bar.label}
        </text>
      )}
    </g>
  );
}

function Numbers({
  title,
  keys,
  bars,
}: {
  title: string;
  keys: readonly ChartKey[];
  bars: readonly ChartBar[];
}): VNode {
  return (
    <details>
      <summary>Numbers</summary>
      <div class="table-box" role="region" aria-label={`${title}, numbers`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <td />
              {keys.map(({ label }) => (
                <th scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr>
                <th scope="row">{bar.label}</th>
                {keys.map(({ key }) => (
                  <td class="number">{bar.counts[key] ?? 0}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export interface ShareLine {
  readonly label: string;
  readonly text: string; // what to read: `1,245.00 USD`
  readonly note: string;
  readonly size: number; // compared with the other lines'
}

/** Horizontal bars, each with its own text: for things that do not add up, such as currencies. */
export function ShareBars({ title, lines, tone }: { title: string; lines: readonly ShareLine[]; tone: string }): VNode {
  const largest = Math.max(1, ...lines.map((line) => line.size));
  return (
    <figure class="chart card">
      <figcaption>{title}</figcaption>
      {lines.length === 0 && <p class="empty">Nothing yet.</p>}
      <dl class="shares">
        {lines.map((line) => (
          <>
            <dt>{line.label}</dt>
            <dd>
              <svg viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" width="200" height="10" rx="3" />
                <rect class={tone} width={round(Math.max(2, (line.size / largest) * 200))} height="10" rx="3" />
              </svg>
              <strong>{line.text}</strong> <span class="quiet">{line.note}</span>
            </dd>
          </>
        ))}
      </dl>
    </figure>
  );
}

function totalOf(bar: ChartBar, keys: readonly ChartKey[]): number {
  return keys.reduce((sum, { key }) => sum + (bar.counts[key] ?? 0), 0);
}

/** The next of 2, 4, 10, 20, 40, 100 … : half of it is a whole number to write at the middle line. */
function niceTop(largest: number): number {
  for (let decade = 1; ; decade *= 10) {
    const top = [2, 4, 10].map((step) => step * decade).find((candidate) => candidate >= largest);
    if (top) return top;
  }
}

function countText(count: number): string {
  return count >= 10_000 ? `${count / 1000}k` : String(count);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
