import type { Alarms } from '../activities/dependencies.js';
import { minute } from '../domain/timing.js';
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

/** That the egress proxy of deliveries is away, or refuses us: told once a minute for as long as it is so. */
export function proxyWatch(proxyUrl: string | null, alarms: Alarms): (why: string) => void {
  let toldAt = -Infinity;
  return (why) => {
    if (proxyUrl === null || performance.now() - toldAt < minute) return;
    toldAt = performance.now();
    alarms.raise('webhook_proxy_down', { proxy: new URL(proxyUrl).host, why }); // without its name and password
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
