import { describe, expect, it } from 'vitest';
import { createEndpointSlots, type EndpointSlots, type SlotOutcome } from '../../src/webhooks/endpoint-slots.js';

function freeOf(slots: EndpointSlots, endpointId = 'one'): number {
  const { endpointIds, free } = slots.shares();
  return free[endpointIds.indexOf(endpointId)] ?? slots.preset;
}

/** Takes every place an endpoint has and answers how many there were; all end with `outcome`. */
function fill(slots: EndpointSlots, outcome: SlotOutcome, endpointId = 'one'): number {
  const releases: ((outcome: SlotOutcome) => void)[] = [];
  while (freeOf(slots, endpointId) > 0) releases.push(slots.take(endpointId));
  for (const release of releases) release(outcome);
  return releases.length;
}

describe('the places of an endpoint', () => {
  it('are four at first, and free again when released, once', () => {
    const slots = createEndpointSlots();
    const places = Array.from({ length: 4 }, () => slots.take('one'));
    expect([freeOf(slots, 'one'), freeOf(slots, 'two')]).toEqual([0, 4]);
    places[0]?.('answered');
    places[0]?.('answered');
    expect(freeOf(slots)).toBe(1);
  });

  it('double while a full endpoint accepts quickly, to 128', () => {
    const slots = createEndpointSlots();
    const rounds = Array.from({ length: 7 }, () => fill(slots, 'quick'));
    expect(rounds).toEqual([4, 8, 16, 32, 64, 128, 128]);
  });

  it('do not grow for an endpoint that leaves some unused', () => {
    const slots = createEndpointSlots();
    for (let round = 0; round < 100; round += 1) slots.take('one')('quick');
    expect(fill(slots, 'answered')).toBe(4);
  });

  it('shrink to one when it struggles, and come back when it accepts again', () => {
    const slots = createEndpointSlots();
    expect([fill(slots, 'struggling'), fill(slots, 'struggling')]).toEqual([4, 1]);
    expect([fill(slots, 'quick'), fill(slots, 'quick'), fill(slots, 'quick')]).toEqual([1, 2, 4]);
    expect(fill(slots, 'answered')).toBe(8);
  });

  it('stay as they are when it refuses, or accepts slowly', () => {
    const slots = createEndpointSlots();
    for (let round = 0; round < 10; round += 1) expect(fill(slots, 'answered')).toBe(4);
  });
});

describe('the shares', () => {
  it('name each endpoint that has not just the usual number free', () => {
    const slots = createEndpointSlots();
    expect(slots.shares()).toEqual({ endpointIds: [], free: [] });
    const place = slots.take('one');
    fill(slots, 'struggling', 'two');
    fill(slots, 'answered', 'three');
    expect(slots.shares()).toEqual({ endpointIds: ['one', 'two'], free: [3, 1] });
    place('answered');
    expect(slots.shares()).toEqual({ endpointIds: ['two'], free: [1] });
  });

  it('never promise a place that an attempt still holds after a cut', () => {
    const slots = createEndpointSlots();
    const places = Array.from({ length: 4 }, () => slots.take('one'));
    places[0]?.('struggling');
    expect(slots.shares()).toEqual({ endpointIds: ['one'], free: [0] });
  });

  it('offer less for as long as an endpoint has more attempts than it may, since it was cut after a claim', () => {
    const slots = createEndpointSlots();
    const first = slots.take('one');
    first('struggling'); // two places now
    const places = [slots.take('one'), slots.take('one'), slots.take('one')]; // claimed when there were four
    expect(freeOf(slots)).toBe(0);
    places[0]?.('answered');
    expect(freeOf(slots)).toBe(0);
    places[1]?.('answered');
    expect(freeOf(slots)).toBe(1);
  });

  it('offer nothing to one that struggles while the wire is scarce', () => {
    const slots = createEndpointSlots();
    fill(slots, 'struggling', 'hangs');
    fill(slots, 'quick', 'well');
    expect(slots.shares({ scarce: false })).toEqual({ endpointIds: ['hangs', 'well'], free: [1, 8] });
    expect(slots.shares({ scarce: true })).toEqual({ endpointIds: ['hangs', 'well'], free: [0, 8] });
  });

  it('forget the endpoint that was idle for longest, not one at work', () => {
    const slots = createEndpointSlots({ preset: 4, most: 128, remembered: 2 });
    const busy = slots.take('busy');
    fill(slots, 'struggling', 'idle');
    fill(slots, 'struggling', 'newest');
    expect(slots.shares().endpointIds).toEqual(['busy', 'newest']);
    busy('quick');
  });
});
