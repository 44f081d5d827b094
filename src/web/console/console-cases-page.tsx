import type { VNode } from 'preact';
import { caseKinds, caseStatuses } from '../../domain/cases/support-case.js';
import { CaseCard, caseWords } from './console-case-card.js';
import type { ConsoleCase } from './console-case-view.js';
import { consolePage, Empty, NextPage, withQuery, type ConsoleContext } from './console-frame.js';

export interface ConsoleCaseFilters {
  readonly status: string; // '' = everything unresolved
  readonly kind: string;
  readonly sort: string; // 'age' (oldest first) or 'amount' (largest first)
}

export interface ConsoleCasesView {
  readonly context: ConsoleContext;
  readonly filters: ConsoleCaseFilters;
  readonly cases: readonly ConsoleCase[];
  readonly nextCursor: string | null;
}

export function consoleCasesPage({ context, filters, cases, nextCursor }: ConsoleCasesView): string {
  return consolePage({
    context,
    section: 'Cases',
    title: 'Cases',
    children: (
      <>
        <h1>Cases</h1>
        <Filters filters={filters} />
        {cases.length === 0 && <Empty>Nothing waits for a decision here.</Empty>}
        <h2 class="visually-hidden">List</h2>
        <div class="cases">
          {cases.map((one) => (
            <CaseCard one={one} context={context} back={withQuery('/console/cases', { ...filters })} />
          ))}
        </div>
        <NextPage path="/console/cases" query={{ ...filters, cursor: nextCursor }} />
      </>
    ),
  });
}

function Filters({ filters }: { filters: ConsoleCaseFilters }): VNode {
  return (
    <form class="filters" method="get" action="/console/cases" role="search">
      <label>
        Status
        <select name="status">
          <option value="">unresolved</option>
          {caseStatuses.map((status) => (
            <option value={status} selected={status === filters.status}>
              {status.replace('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      <label>
        Kind
        <select name="kind">
          <option value="">all</option>
          {caseKinds.map((kind) => (
            <option value={kind} selected={kind === filters.kind}>
              {caseWords[kind]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Order by
        <select name="sort">
          <option value="age">oldest first</option>
          <option value="amount" selected={filters.sort === 'amount'}>
            largest first
          </option>
        </select>
      </label>
      <button>Show</button>
    </form>
  );
}
