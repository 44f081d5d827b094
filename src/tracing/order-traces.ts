import { context, createContextKey, ROOT_CONTEXT, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { orderOfWorkflow } from '../workflows/messages.js';
import { traceIdOf } from './trace-id.js';
import type { Traced } from './traced.js';

const orderKey = createContextKey('order');
const random = new RandomIdGenerator();

/** A trace that begins while an order is worked on is the order's. */
export const orderTraceIds: IdGenerator = {
  generateSpanId: random.generateSpanId,
  generateTraceId: () => {
    const orderId = context.active().getValue(orderKey);
    return typeof orderId === 'string' ? traceIdOf(orderId) : random.generateTraceId();
  },
};

/**
 * Works in the order's trace: below the span that is open there, else at its root. A span of another trace is left, as when
 * a loop, which was begun for one order, comes to the next.
 */
function inTraceOf<T>(orderId: string | null, work: () => T): T {
  if (orderId === null) return context.with(ROOT_CONTEXT, work);
  const isThere = trace.getSpanContext(context.active())?.traceId === traceIdOf(orderId);
  return isThere ? work() : context.with(ROOT_CONTEXT.setValue(orderKey, orderId), work);
}

export function stepsOf(tracer: Tracer): Traced {
  return ({ orderId, name, sinceMs }, work) =>
    inTraceOf(orderId, () => {
      if (orderId === null) return work();
      const options = { attributes: { 'order.id': orderId }, ...(sinceMs === undefined ? {} : { startTime: sinceMs }) };
      return tracer.startActiveSpan(name, options, async (span) => {
        try {
          return await work();
        } catch (failure) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: String(failure) });
          throw failure;
        } finally {
          span.end();
        }
      });
    });
}

/** What is handed to the run of an order is handed over in the order's trace, whoever does it. */
export const toRunsOfOrders: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => ofRun(input.options.workflowId, () => next(input)),
  signalWithStart: (input, next) => ofRun(input.options.workflowId, () => next(input)),
  startUpdateWithStart: (input, next) => ofRun(input.workflowStartOptions.workflowId, () => next(input)),
};

/** The run's own span, which comes with the activity, goes before it; a run that was begun untraced brings none. */
export function workOfOrders(workflowId: string): ActivityInboundCallsInterceptor {
  return { execute: (input, next) => ofRun(workflowId, () => next(input)) };
}

function ofRun<T>(workflowId: string, work: () => T): T {
  const orderId = orderOfWorkflow(workflowId);
  return orderId === null ? work() : inTraceOf(orderId, work);
}
