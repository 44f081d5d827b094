import { randomUUID } from 'node:crypto';
import { createPool, type Database } from '../../src/db/pool.js';
import { inTransaction } from '../../src/db/query.js';
import { openSecrets, sealedSecretsOf } from '../../src/db/secrets/endpoint-secrets.js';
import { seal, secretPurpose, type Keyring } from '../../src/db/secrets/seal.js';
import {
  insertEndpoint,
  listEndpoints,
  lockEndpointCount,
  mostEndpoints,
  updateEndpoint,
  type EndpointOwner,
  type EndpointRow,
} from '../../src/db/deliveries/webhook-endpoints.js';
import { modes } from '../../src/domain/ids.js';
import { eventTypes } from '../../src/domain/outgoing-event.js';
import { newWebhookSecret, secretPrefix } from '../../src/webhooks/sign.js';

const description = 'The receiver page of npm start';

/**
 * The demo merchant's endpoints at the local receiver, one for live and one for test orders: made when missing, moved when
 * the receiver's port is another. Answers the secrets that sign for them, for the receiver alone.
 */
export async function ensureReceiverEndpoints(
  databaseUrl: string,
  { accountId, keyring, url }: { accountId: string; keyring: Keyring; url: string },
): Promise<string[]> {
  const pool = createPool({ url: databaseUrl, max: 1, applicationName: 'quittance-dev', onError: () => undefined });
  try {
    return await inTransaction(pool, async (db) => {
      const secrets: string[] = [];
      for (const mode of modes) {
        const endpoint = await endpointAt(db, { accountId, mode }, { keyring, url });
        if (endpoint) secrets.push(...openSecrets(keyring, endpoint.id, await sealedSecretsOf(db, endpoint.id)));
      }
      return secrets;
    });
  } finally {
    await pool.end();
  }
}

/** Null when the demo merchant has all the endpoints it may have: then it is the page that goes without. */
async function endpointAt(
  db: Database,
  owner: EndpointOwner,
  { keyring, url }: { keyring: Keyring; url: string },
): Promise<EndpointRow | null> {
  const known = (await listEndpoints(db, owner)).find((endpoint) => endpoint.description === description);
  if (known?.url === url) return known;
  if (known) return updateEndpoint(db, known.id, { ...known, url, enable: false });
  if ((await lockEndpointCount(db, owner)) >= mostEndpoints) return null;
  const id = randomUUID();
  const secret = newWebhookSecret();
  const sealed = {
    secretSealed: seal(keyring, secretPurpose(id, 'secret_sealed'), secret),
    secretPrefix: secretPrefix(secret),
  };
  return insertEndpoint(db, { id, ...owner, url, events: eventTypes, payload: 'brief', description, ...sealed });
}
