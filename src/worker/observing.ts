import type { Alarms } from '../activities/dependencies.js';
import type { LaneObserver } from '../gateway/lane/watch.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';

/** An alarm is a line of the log and a count. */
export function raisedIn(metrics: Metrics, log: Logger): Alarms {
  return {
    raise: (name, details) => {
      metrics.alarms.inc({ alarm: name });
      log.error({ alarm: name, ...details }, 'a person must look at this');
    },
  };
}

/** How the provider does, by host and pair of credentials. */
export function observedBy(metrics: Metrics, alarms: Alarms): LaneObserver {
  return {
    answered: ({ host, keyLabel, call, cause, seconds }, isUp) => {
      metrics.providerUp.set({ host, key: keyLabel }, isUp ? 1 : 0);
      metrics.providerSeconds.observe({ host, key: keyLabel, call, cause }, seconds);
    },
    down: (told, forMs) => alarms.raise('provider_down', { ...told, forMs }),
  };
}
