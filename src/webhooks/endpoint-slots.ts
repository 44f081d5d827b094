/** How an attempt ended, for the number of attempts that its endpoint may have at once. */
export type SlotOutcome = 'quick' | 'answered' | 'struggling';

export interface EndpointShares {
  readonly endpointIds: readonly string[];
  readonly free: readonly number[];
}

export interface EndpointSlots {
  /**
   * A place for an attempt that was claimed. Nothing is claimed but what `shares` offers, so nobody is sent away here: an
   * endpoint that was cut meanwhile has one attempt too many for a moment, and the next shares offer less.
   */
  take(endpointId: string): (outcome: SlotOutcome) => void;
  /**
   * The free places of every endpoint that has not just `preset` of them. When the wire is scarce, none for those that
   * struggle: hundreds that hang must not take all of it.
   */
  shares(options?: { scarce: boolean }): EndpointShares;
  readonly preset: number;
}

/** Attempts that one endpoint may have at once, in one process, when it is at its best. */
export const mostAtOnce = 128;

interface Settings {
  readonly preset?: number;
  readonly most?: number; // all processes together; of it, no more than `mostAtOnce` in one
  readonly remembered?: number;
}

interface Places {
  limit: number;
  taken: number;
  timesFull: number;
}

/**
 * Places per endpoint and process. One that accepts quickly has twice as many with each round, to the most there are, so a
 * window of thousands is sent in seconds; one that times out, fails or asks for patience loses half of them, so that in
 * the end it holds up one attempt and nobody else's.
 */
export function createEndpointSlots(settings: Settings = {}): EndpointSlots {
  const most = Math.min(settings.most ?? mostAtOnce, mostAtOnce);
  const preset = Math.min(settings.preset ?? 4, most);
  const { remembered = 10_000 } = settings;
  const known = new Map<string, Places>(); // least recently used first

  function placesOf(endpointId: string): Places {
    const places = known.get(endpointId) ?? { limit: preset, taken: 0, timesFull: 0 };
    known.delete(endpointId);
    known.set(endpointId, places);
    if (known.size > remembered) forgetIdle();
    return places;
  }

  function forgetIdle(): void {
    for (const [id, { taken }] of known) {
      if (taken > 0) continue;
      known.delete(id);
      return;
    }
  }

  return {
    preset,
    take(endpointId) {
      const places = placesOf(endpointId);
      const before = places.timesFull;
      places.taken += 1;
      if (places.taken >= places.limit) places.timesFull += 1;
      let released = false;
      return (outcome) => {
        if (released) return;
        released = true;
        places.taken -= 1;
        // Full while this attempt was on the wire: more places for one that does not use its own would be a guess.
        const wasFull = places.timesFull > before;
        if (outcome === 'quick' && wasFull) places.limit = Math.min(most, places.limit + 1);
        if (outcome === 'struggling') places.limit = Math.max(1, Math.floor(places.limit / 2));
      };
    },
    shares({ scarce } = { scarce: false }) {
      const free = ({ limit, taken }: Places) => (scarce && limit < preset ? 0 : Math.max(0, limit - taken));
      const other = [...known].filter(([, places]) => free(places) !== preset);
      return { endpointIds: other.map(([id]) => id), free: other.map(([, places]) => free(places)) };
    },
  };
}
