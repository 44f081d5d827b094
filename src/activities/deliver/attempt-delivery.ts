import type { ClaimedDelivery } from '../../db/deliveries/delivery-claims.js';
import { openSecrets } from '../../db/secrets/endpoint-secrets.js';
import type { Keyring } from '../../db/secrets/seal.js';
import type { AfterAttempt } from '../../domain/delivery.js';
import type { SlotOutcome } from '../../webhooks/endpoint-slots.js';
import type { Sender, SendResult } from '../../webhooks/send.js';
import { signatureHeaders } from '../../webhooks/sign.js';
import type { AttemptRecorder } from './attempt-recorder.js';

interface Signing {
  readonly keyring: Keyring;
  readonly nowMs: () => number; // signatures carry this clock
}

/** What one attempt of a claimed delivery takes. */
export interface AttemptDependencies extends Signing {
  readonly sender: Pick<Sender, 'send'>;
  readonly recorder: AttemptRecorder;
}

const quickMs = 1_000;

/** Sends a claimed delivery, gives its place back, and resolves once the outcome is recorded: with what comes of it. */
export async function attempt(
  deps: AttemptDependencies,
  delivery: ClaimedDelivery,
  release: (outcome: SlotOutcome) => void,
): Promise<AfterAttempt> {
  let outcome: SlotOutcome = 'answered';
  try {
    const result = await deps.sender.send(signed(deps, delivery));
    outcome = slotOutcome(result);
    release(outcome);
    return await deps.recorder.record({ delivery, result });
  } finally {
    release(outcome);
  }
}

/** An endpoint that accepts ever more slowly is not sent ever more at once. */
function slotOutcome({ ok, status, durationMs }: SendResult): SlotOutcome {
  if (ok) return durationMs <= quickMs ? 'quick' : 'answered';
  return status === null || status === 429 || status >= 500 ? 'struggling' : 'answered';
}

function signed({ keyring, nowMs }: Signing, delivery: ClaimedDelivery) {
  const headers = signatureHeaders({
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    body: delivery.body,
    secrets: openSecrets(keyring, delivery.endpointId, delivery),
    nowMs: nowMs(),
  });
  return { endpointId: delivery.endpointId, url: delivery.url, body: delivery.body, headers };
}
