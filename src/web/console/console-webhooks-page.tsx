import type { VNode } from 'preact';
import { publicId } from '../../domain/ids.js';
import { AccountLink } from './accounts/account-link.js';
import { DeliveryTable } from './console-deliveries.js';
import { consolePage, Empty, Foreign, NextPage, type ConsoleContext } from './console-frame.js';
import { TableBox } from './table-box.js';
import type { ConsoleDelivery } from './console-order-view.js';
import { Instant } from '../instant.js';

export interface ConsoleEndpoint {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly mode: 'live' | 'test';
  readonly url: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly consecutiveFailures: number;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly disabledReason: string | null;
  readonly deliveryCounts: { readonly delivered: number; readonly failed: number; readonly dlq: number };
  readonly open: {
    readonly all: number;
    readonly overdue: number;
    readonly onTheWire: number;
    readonly leftLying: number;
  };
}

export interface ConsoleWebhooksView {
  readonly context: ConsoleContext;
  readonly endpoints: readonly ConsoleEndpoint[];
  readonly leftLying: number; // deliveries that nobody works on, of all endpoints
  readonly dead: readonly ConsoleDelivery[]; // what is in the dead letter queue
  readonly nextCursor: string | null; // of the dead ones
}

export function consoleWebhooksPage({ context, endpoints, leftLying, dead, nextCursor }: ConsoleWebhooksView): string {
  return consolePage({
    context,
    section: 'Webhooks',
    title: 'Webhooks',
    children: (
      <>
        <h1>Webhooks</h1>
        <section class="section">
          <h2>Endpoints</h2>
          {leftLying > 0 && (
            <p>
              <span class="badge alert">
                {leftLying === 1 ? '1 delivery is left lying' : `${leftLying} deliveries are left lying`}
              </span>{' '}
              <span class="quiet">
                A worker died, or the endpoint was disabled meanwhile: tried again within a minute, or ended by the next
                reconcile.
              </span>
            </p>
          )}
          {endpoints.length === 0 ? (
            <Empty>No merchant has registered one.</Empty>
          ) : (
            <EndpointTable endpoints={endpoints} />
          )}
        </section>
        <section class="section">
          <h2>Dead deliveries</h2>
          {dead.length === 0 ? (
            <Empty>Every delivery was accepted or is still being tried.</Empty>
          ) : (
            <DeliveryTable deliveries={dead} context={context} back="/console/webhooks" />
          )}
          <NextPage path="/console/webhooks" query={{ cursor: nextCursor }} />
        </section>
      </>
    ),
  });
}

function EndpointTable({ endpoints }: { endpoints: readonly ConsoleEndpoint[] }): VNode {
  return (
    <TableBox
      label="Endpoints"
      columns={[
        'Endpoint',
        'State',
        'Events',
        { number: 'Delivered' },
        { number: 'Dead' },
        { number: 'Open' },
        'Last success',
        'Last failure',
        'Account',
      ]}
    >
      {endpoints.map((endpoint) => (
        <tr>
          <td>
            <Foreign text={endpoint.url} />
            <br />
            <span class="code quiet">{publicId('endpoint', endpoint.id)}</span>
            {endpoint.mode === 'test' && <span class="badge">test</span>}
          </td>
          <td>
            <EndpointState endpoint={endpoint} />
          </td>
          <td class="quiet">{endpoint.events.map((event) => event.replace('crypto.order.', '')).join(', ')}</td>
          <td class="number">{endpoint.deliveryCounts.delivered}</td>
          <td class="number">{endpoint.deliveryCounts.dlq}</td>
          <td class="number">
            <OpenDeliveries open={endpoint.open} />
          </td>
          <td class="nowrap">
            {endpoint.lastSuccessAt ? <Instant iso={endpoint.lastSuccessAt} /> : <span class="quiet">never</span>}
          </td>
          <td class="nowrap">
            {endpoint.lastFailureAt ? <Instant iso={endpoint.lastFailureAt} /> : <span class="quiet">never</span>}
          </td>
          <td class="cut">
            <AccountLink id={publicId('account', endpoint.accountId)} name={endpoint.accountName} />
          </td>
        </tr>
      ))}
    </TableBox>
  );
}

/** How many have not ended, and beneath it only what is not as usual. */
function OpenDeliveries({ open }: Pick<ConsoleEndpoint, 'open'>): VNode {
  const lines = [
    open.overdue > 0 ? `${open.overdue} overdue` : null,
    open.onTheWire > 0 ? `${open.onTheWire} on the wire` : null,
    open.leftLying > 0 ? `${open.leftLying} left lying` : null,
  ].filter((line) => line !== null);
  return (
    <>
      {open.all}
      {lines.map((line) => (
        <>
          <br />
          <span class="quiet nowrap">{line}</span>
        </>
      ))}
    </>
  );
}

function EndpointState({ endpoint }: { endpoint: ConsoleEndpoint }): VNode {
  if (endpoint.disabledReason) return <span class="badge s-failed">disabled: {endpoint.disabledReason}</span>;
  if (!endpoint.active) return <span class="badge s-cancelled">paused</span>;
  return endpoint.consecutiveFailures > 0 ? (
    <span class="badge alert">{endpoint.consecutiveFailures} dead in a row</span>
  ) : (
    <span class="badge s-paid">active</span>
  );
}
