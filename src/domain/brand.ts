const name = 'driftstack';

/**
 * The fixed words of the API we speak, the one of Driftstack's crypto-payments guide. Programs compare them: code written
 * by the guide, keys and alarms that are kept for years. So they are no setting: docs/decisions/0016-one-name-for-people.md.
 */
export const wireWords = {
  name,
  /** `header('signature')` is `x-driftstack-signature`. */
  header: (suffix: string): string => `x-${name}-${suffix}`,
  webhookUserAgent: `${name}-webhooks/1.0`,
  errorBase: `https://errors.${name}.dev/`,
  keyPrefix: 'ds_',
  metricPrefix: `${name}_`,
} as const;

/** What people read on pages and receipts while nobody chose a name of their own. The chosen one comes with the settings. */
export const defaultBrandName = 'Driftstack';

/** Letters, marks, digits, punctuation, symbols and plain spaces: nothing that hides, or turns text around. */
export const brandNameShape = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,40}$/u;
