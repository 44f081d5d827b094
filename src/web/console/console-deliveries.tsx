import type { VNode } from 'preact';
import { publicId } from '../../domain/ids.js';
import { CsrfField, Foreign, may, type ConsoleContext } from './console-frame.js';
import { TableBox } from './table-box.js';
import type { ConsoleDelivery } from './console-order-view.js';
import { Instant } from '../instant.js';

const badges: Record<ConsoleDelivery['status'], string> = {
  pending: 's-pending',
  in_flight: 's-confirming',
  delivered: 's-paid',
  failed: 's-failed',
  dlq: 's-failed',
};

/** Deliveries, each with a button to send it again where that is possible. */
export function DeliveryTable({
  deliveries,
  context,
  back,
}: {
  deliveries: readonly ConsoleDelivery[];
  context: ConsoleContext;
  back: string;
}): VNode {
  return (
    <TableBox
      label="Webhook deliveries"
      columns={['Event', 'Status', 'Last answer', 'Created', may(context, 'delivery:replay') && 'Action']}
    >
      {deliveries.map((delivery) => (
        <tr>
          <td class="cut">
            <span class="code">{delivery.eventType}</span>
            <br />
            <span class="quiet">
              <Foreign text={delivery.url} />
            </span>
          </td>
          <td>
            <span class={`badge ${badges[delivery.status]}`}>{delivery.status.replace('_', ' ')}</span>
            {delivery.nextAttemptAt && (
              <>
                <br />
                <span class="quiet nowrap">
                  next <Instant iso={delivery.nextAttemptAt} />
                </span>
              </>
            )}
          </td>
          <td class="cut">
            <Foreign text={[delivery.lastResponseStatus, delivery.lastError].filter(Boolean).join(' ') || null} />
            <br />
            <span class="quiet">{delivery.attempts === 1 ? '1 attempt' : `${delivery.attempts} attempts`}</span>
          </td>
          <td class="nowrap">
            <Instant iso={delivery.createdAt} />
          </td>
          {may(context, 'delivery:replay') && (
            <td class="nowrap">
              <DeliveryActions delivery={delivery} context={context} back={back} />
            </td>
          )}
        </tr>
      ))}
    </TableBox>
  );
}

function DeliveryActions({
  delivery,
  context,
  back,
}: {
  delivery: ConsoleDelivery;
  context: ConsoleContext;
  back: string;
}): VNode | null {
  if (delivery.status === 'in_flight') return null;
  const id = publicId('delivery', delivery.id);
  return (
    <form method="post" action={`/console/deliveries/${id}/replay`} class="inline">
      <CsrfField context={context} back={back} />
      <button class="small second" aria-label={`Send ${delivery.eventType} again`}>
        Resend
      </button>
      {delivery.status === 'dlq' && may(context, 'delivery:discard') && (
        <button
          class="small second"
          formAction={`/console/deliveries/${id}/discard`}
          aria-label={`Discard ${delivery.eventType}`}
        >
          Discard
        </button>
      )}
    </form>
  );
}
