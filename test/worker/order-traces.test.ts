import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { context } from '@opentelemetry/api';
import { orderTraceIds, stepsOf, toRunsOfOrders } from '../../src/tracing/order-traces.js';
import { traceIdOf } from '../../src/tracing/trace-id.js';
import type { Traced } from '../../src/tracing/traced.js';

const [one, two] = ['ord_000000000001', 'ord_000000000002'] as const;
const told = new InMemorySpanExporter();
let traced: Traced;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spanProcessors = [new SimpleSpanProcessor(told)];
  traced = stepsOf(new BasicTracerProvider({ idGenerator: orderTraceIds, spanProcessors }).getTracer('test'));
});
beforeEach(() => told.reset());
afterAll(() => context.disable());

const traces = () => Object.fromEntries(told.getFinishedSpans().map((span) => [span.name, span.spanContext().traceId]));
const parents = () => Object.fromEntries(told.getFinishedSpans().map((span) => [span.name, span.parentSpanId]));
const nothing = () => Promise.resolve();

it('steps of one order are in one trace, whenever they are made, and one within another is below it', async () => {
  await traced({ orderId: one, name: 'checkout' }, () => traced({ orderId: one, name: 'open' }, nothing));
  await traced({ orderId: one, name: 'ipn, weeks later' }, nothing);
  const own = traceIdOf(one);
  expect(own).toMatch(/^[0-9a-f]{32}$/);
  expect(traces()).toEqual({ checkout: own, open: own, 'ipn, weeks later': own });
  const [open, checkout] = told.getFinishedSpans();
  expect(parents()).toMatchObject({ open: checkout!.spanContext().spanId, checkout: undefined });
  expect(open!.attributes).toEqual({ 'order.id': one });
});

it('what is begun within a step of one order and is for another goes into that one’s trace', async () => {
  await traced({ orderId: one, name: 'of one' }, () => traced({ orderId: two, name: 'of two' }, nothing));
  expect(traces()).toEqual({ 'of one': traceIdOf(one), 'of two': traceIdOf(two) });
  expect(parents()['of two']).toBeUndefined();
});

it('a step for no order is in no order’s trace', async () => {
  await traced({ orderId: one, name: 'of one' }, () => traced({ orderId: null, name: 'ping' }, nothing));
  expect(Object.keys(traces())).toEqual(['of one']);
});

it('a step that fails says so, and fails', async () => {
  const refused = () => Promise.reject(new Error('refused'));
  await expect(traced({ orderId: one, name: 'open' }, refused)).rejects.toThrow('refused');
  expect(told.getFinishedSpans()[0]!.status).toMatchObject({ message: 'Error: refused' });
});

it('what a loop hands to the run of an order is handed over in the order’s trace', async () => {
  const step = { orderId: two, name: 'relay' };
  const handOver = toRunsOfOrders.signalWithStart!;
  const input = { options: { workflowId: `crypto-order/${two}` } } as Parameters<typeof handOver>[0];
  await traced({ orderId: one, name: 'of one' }, () => handOver(input, () => traced(step, async () => 'run')));
  expect(traces()).toEqual({ 'of one': traceIdOf(one), relay: traceIdOf(two) });
});
