import { parser } from '@prometheus-io/lezer-promql';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');

/** A metric that is asked for, with the labels that the question is about. */
export interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What a query asks for; throws where Prometheus could not read it. */
export function askedIn(query: string): Asked[] {
  const found: { metric: string; labels: string[] }[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      const text = query.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`not PromQL at "${query.slice(node.from)}": ${query}`);
      if (node.name === 'VectorSelector') found.push({ metric: /^[\w:]*/.exec(text)![0], labels: [] });
      const isMatched = node.name === 'LabelName' && node.node.parent?.name.endsWith('LabelMatcher');
      if (isMatched) found.at(-1)?.labels.push(text);
    },
  });
  return found;
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

export function alerts(): Alert[] {
  const text = readFileSync(path.join(root, 'deploy/prometheus/alerts.yml'), 'utf8');
  return (parse(text) as { groups: { rules: Alert[] }[] }).groups.flatMap(({ rules }) => rules);
}

export interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

export const dashboards = ['money', 'machinery'] as const;

/** The panels of a dashboard, with what they ask for in the first of each choice that it offers. */
export function panelsOf(name: (typeof dashboards)[number]): Panel[] {
  const text = readFileSync(path.join(root, `deploy/grafana/dashboards/${name}.json`), 'utf8');
  return (JSON.parse(text.replaceAll('$mode', 'live')) as { panels: Panel[] }).panels;
}
