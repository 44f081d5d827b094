import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { alerts, askedIn, dashboards, panelsOf } from '../support/promql.js';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');
const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => `docs/runbook.md#${slug(title!)}`);
const all = alerts();

describe('the alerts', () => {
  it('have names of their own, and are either for the night or for the morning', () => {
    expect(all.length).toBeGreaterThan(25);
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
    expect(all.filter(({ labels }) => !['page', 'look'].includes(labels.severity))).toEqual([]);
  });

  it('lead each to a section of the runbook that is there', () => {
    expect(all.filter(({ annotations }) => !sections.includes(annotations.runbook_url))).toEqual([]);
    expect(sections).not.toContain('docs/runbook.md#not-there');
  });

  it('are those that are played with figures of a day', () => {
    const played = readFileSync(path.resolve(import.meta.dirname, '../../deploy/prometheus/alerts.test.yml'), 'utf8');
    const names = [...played.matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !all.some(({ alert }) => alert === name))).toEqual([]);
  });

  it('stand in the runbook beside each metric that they ask for', () => {
    const metrics = page.slice(page.indexOf('\n## Metrics'), page.indexOf('\n## Alarms'));
    const rows = [...metrics.matchAll(/^\| `([a-z]+_[a-z0-9_]+)` +\|[^|]*\|([^|]*)\|$/gm)];
    const told = rows.map(([, metric, cell]) => [metric, [...cell!.matchAll(/\w+/g)].map(String).sort()] as const);
    const asking = (metric: string) =>
      all.filter(({ expr }) =>
        askedIn(expr).some((asked) => asked.metric.replace(/_(?:bucket|count|sum)$/, '') === metric),
      );
    expect(rows.length).toBeGreaterThan(30);
    for (const [metric, names] of told) {
      const expected = asking(metric!).map(({ alert }) => alert);
      expect({ metric, names }).toEqual({ metric, names: expected.sort() });
    }
    const ofPrometheus = ['QuittanceDown', 'QuittanceUnseen']; // they ask for `up`
    const names = new Set([...told.flatMap(([, inRow]) => inRow), ...ofPrometheus]);
    expect(all.filter(({ alert }) => !names.has(alert))).toEqual([]);
  });
});

describe.each(dashboards)('the dashboard %s', (name) => {
  it('asks what Prometheus can read', () => {
    const panels = panelsOf(name);
    expect(panels.length).toBeGreaterThan(10);
    for (const { title, targets } of panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { expr } of targets) expect(askedIn(expr).length, expr).toBeGreaterThan(0);
    }
  });
});

it('a query that Prometheus could not read is noticed', () => {
  expect(() => askedIn('sum(rate(x[5m])')).toThrow('not PromQL');
  expect(askedIn('sum by (a) (rate(x_total{b="c"}[5m])) > max(y)')).toEqual([
    { metric: 'x_total', labels: ['b'] },
    { metric: 'y', labels: [] },
  ]);
});
