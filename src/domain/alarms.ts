/** What wakes a person. Each has its row in the runbook, and its series from the start of a process: one that appears only
 * with its first count has no growth to be seen. */
export const alarmNames = [
  'amount_mismatch',
  'clocks_disagree',
  'coin_list_doubtful',
  'expiry_waits_for_provider',
  'fact_given_up',
  'fact_set_aside',
  'ipn_payment_id_mismatch',
  'large_export',
  'mint_collides',
  'mint_given_up',
  'mint_rejected',
  'mint_unusable',
  'orphan_payment',
  'pay_address_changed',
  'power_used',
  'provider_account_refused',
  'provider_answer_unusable',
  'provider_down',
  'provider_key_missing',
  'support_case_escalated',
  'unknown_provider_status',
  'webhook_proxy_down',
  'wrong_asset',
] as const;

export type AlarmName = (typeof alarmNames)[number];
