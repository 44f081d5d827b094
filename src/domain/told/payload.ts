/** How much an endpoint is told of an order: what an event is about, or beside it the order's whole envelope as of the event. */
export const payloads = ['brief', 'full'] as const;
export type Payload = (typeof payloads)[number];
