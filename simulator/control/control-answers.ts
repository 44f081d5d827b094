import type { ScenarioResult } from '../money/scenarios.js';
import type { TransferResult } from '../money/transfers.js';

export function transferAnswer({ movementId, paymentId, childPaymentId }: TransferResult) {
  return { movement_id: movementId, payment_id: paymentId, child_payment_id: childPaymentId };
}

export function scenarioAnswer({ scenario, paymentId, movementId, childPaymentId, dueAt }: ScenarioResult) {
  return {
    scenario,
    payment_id: paymentId,
    movement_id: movementId,
    child_payment_id: childPaymentId,
    due_at: dueAt,
  };
}
