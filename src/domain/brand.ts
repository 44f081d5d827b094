const name = 'driftstack';

/** The words of the API we speak, in one place. */
export const brand = {
  name,
  title: 'Driftstack',
  /** `header('signature')` is `x-driftstack-signature`. */
  header: (suffix: string): string => `x-${name}-${suffix}`,
  webhookUserAgent: `${name}-webhooks/1.0`,
  errorBase: `https://errors.${name}.dev/`,
  keyPrefix: 'ds_',
  metricPrefix: `${name}_`,
} as const;
