import type { IncomingHttpHeaders } from 'node:http';
import { v7 as uuidInOrder } from 'uuid';
import { z } from 'zod';
import type { StoredProviderEvent } from '../../../db/money/ipn-inbox.js';
import type { NewProviderEvent } from '../../../db/money/provider-events.js';
import { isUuid, uuidOf } from '../../../domain/ids.js';
import { orderStatuses } from '../../../domain/order.js';
import type { IpnVerdict } from '../../../gateway/ipn.js';
import type { AppDeps, IpnSecret, Routes } from '../../deps.js';
import { createIpnRelay } from '../../orders/ipn-relay.js';
import { createIpnStore } from '../../orders/ipn-store.js';
import { judgeIpn, signatureHeader } from '../../orders/ipn-verdict.js';
import { openCaseIfOrphan } from '../../orders/orphan-notice.js';
import { addressBlock } from '../../http/address-block.js';
import { inTime } from '../../http/in-time.js';
import { Problem, badRequest, notFound, rateLimited, unauthorized, unavailable } from '../../http/problem.js';
import { createSharedCounts, type SharedCounts } from '../../http/shared-counts.js';

const path = '/v1/webhooks/nowpayments';
const largestIpn = 64 * 1024;
const usualIpn = 4 * 1024; // a notification has about one; to judge so little costs no more than to refuse it
const wrongPerMinute = 60;
const answerWithinMs = 2_500; // the provider waits for three seconds

const received = z.object({ received: z.literal(true), order_state: z.enum(orderStatuses).nullable() });

/** The provider's notifications: verified from their raw bytes, stored, acknowledged, and only then acted upon. */
export const ipnRoutes: Routes = (app, deps) => {
  const ipns = createIpnRelay(deps);
  const door: Door = {
    ...deps,
    forgeries: createSharedCounts(deps, { kind: 'wrong_signature', perMinute: wrongPerMinute }),
    put: createIpnStore(deps),
  };
  app.addHook('onClose', () => ipns.ended());

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestIpn }, (_request, raw, parsed) =>
      parsed(null, raw),
    );
    for (const url of [path, `${path}/:account_id`]) {
      scope.post(
        url,
        { config: { permission: 'public' }, bodyLimit: largestIpn, schema: { response: { 200: received } } },
        async (request) => {
          const { account_id } = request.params as { account_id?: string }; // by the two urls above
          const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const arrived = {
            accountText: account_id ?? null,
            raw,
            headers: request.headers,
            from: addressBlock(request.ip),
          };
          const stored = await inTime(receive(door, arrived), answerWithinMs, () => notStored(deps));
          request.orderId = stored?.order?.id ?? null;
          if (stored?.order && !stored.relayed) ipns.relay(stored.order, stored.id);
          return { received: true as const, order_state: stored?.order?.status ?? null };
        },
      );
    }
    done();
  });
};

interface Door extends Pick<AppDeps, 'pool' | 'metrics' | 'log' | 'ipnSecrets'> {
  readonly forgeries: SharedCounts;
  readonly put: (event: NewProviderEvent) => Promise<StoredProviderEvent>;
}

interface ReceivedIpn {
  readonly accountText: string | null;
  readonly raw: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly from: string;
}

/** Stores an authentic notification and answers what is on record; throws the refusal of anything else. */
async function receive(door: Door, arrived: ReceivedIpn): Promise<StoredProviderEvent | null> {
  const { metrics, forgeries } = door;
  const wait = forgeries.waitFor(arrived.from);
  // Of the usual size they are judged all the same: behind a proxy that we do not trust, forgers look like the provider.
  if (wait !== null && arrived.raw.length > usualIpn) throw tooManyForgeries(door, wait);
  const accountId = arrived.accountText === null ? null : accountIdOf(arrived.accountText);
  const { verdict, secrets } = await judgeIpn(door.ipnSecrets, { ...arrived, accountId, mayAskAgain: wait === null });
  switch (verdict.kind) {
    case 'signature_missing':
      metrics.ipns.inc({ outcome: 'signature_missing' });
      throw unauthorized('unauthorized', `${signatureHeader} is missing.`);
    case 'empty':
      metrics.ipns.inc({ outcome: 'empty_body' });
      throw badRequest('The body is empty.');
    case 'signature_invalid':
      if (forgeries.note(arrived.from) === 'filled') door.log.warn({ address: arrived.from }, 'many wrong signatures');
      if (wait !== null) throw tooManyForgeries(door, wait);
      metrics.ipns.inc({ outcome: 'signature_invalid' });
      throw unauthorized('unauthorized', `${signatureHeader} does not fit the body.`);
    case 'malformed':
      await store(door, { ...filed(arrived, accountId, verdict.signatureHash), kind: 'malformed', form: 'C' });
      metrics.ipns.inc({ outcome: 'malformed_event' });
      throw badRequest(`The notification is signed and yet unusable: ${verdict.reason}.`);
    case 'other':
      await store(door, { ...filed(arrived, accountId, verdict.signatureHash), kind: 'other', form: 'A' });
      metrics.ipns.inc({ outcome: 'other' });
      return null;
    case 'verified': {
      const stored = await store(door, paymentEvent(arrived, accountId, verdict, secrets));
      metrics.ipns.inc({ outcome: 'ok' });
      return stored;
    }
  }
}

function tooManyForgeries({ metrics }: Door, waitSeconds: number): Problem {
  metrics.ipns.inc({ outcome: 'too_many_invalid' });
  return rateLimited('Too many wrong signatures from this address.', waitSeconds);
}

function accountIdOf(text: string): string {
  const accountId = uuidOf('account', text) ?? text;
  if (!isUuid(accountId)) throw notFound();
  return accountId;
}

async function store(door: Door, event: NewProviderEvent): Promise<StoredProviderEvent> {
  try {
    const stored = await door.put(event);
    await openCaseIfOrphan(door, event, stored);
    return stored;
  } catch (failure) {
    if (failure instanceof Problem) throw failure;
    door.log.error({ err: failure }, 'an IPN could not be stored');
    return notStored(door);
  }
}

/** Also what is only slow: should it be stored after all, the repeat finds it, and the worker hands it over. */
function notStored({ metrics }: Pick<AppDeps, 'metrics'>): never {
  metrics.ipns.inc({ outcome: 'store_failed' });
  throw unavailable('The notification could not be stored. Please repeat it.');
}

/** The parts of an inbox row that hold for any signed body. */
function filed({ raw, headers }: ReceivedIpn, accountId: string | null, signatureHash: string) {
  const kept = ['content-type', 'user-agent', signatureHeader].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    id: uuidInOrder(),
    fingerprint: `signature:${signatureHash}`,
    accountId,
    modes: [],
    paymentId: null,
    parentPaymentId: null,
    orderId: null,
    paymentStatus: null,
    actuallyPaid: null,
    payCurrency: null,
    raw,
    headers: Object.fromEntries(kept) as Record<string, string>,
  };
}

function paymentEvent(
  arrived: ReceivedIpn,
  accountId: string | null,
  { ipn, form, fingerprint, secretIndex }: IpnVerdict & { kind: 'verified' },
  secrets: readonly IpnSecret[],
): NewProviderEvent {
  const signer = secrets[secretIndex]?.secret;
  return {
    ...filed(arrived, accountId, ''),
    fingerprint: accountId === null ? fingerprint : `${accountId}:${fingerprint}`,
    modes: secrets.filter(({ secret }) => secret === signer).map(({ mode }) => mode), // one secret may serve both
    kind: 'payment',
    form,
    paymentId: ipn.paymentId,
    parentPaymentId: ipn.parentPaymentId,
    orderId: ipn.orderId,
    paymentStatus: ipn.status,
    actuallyPaid: ipn.actuallyPaid,
    payCurrency: ipn.payCurrency,
  };
}
