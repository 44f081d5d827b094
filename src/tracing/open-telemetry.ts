import { setTimeout as pause } from 'node:timers/promises';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client/index.js';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js';
import type { WorkerOptions } from '@temporalio/worker';
import type { Tracer } from '@opentelemetry/api';
import { version } from '../version.js';
import { orderTraceIds, stepsOf, toRunsOfOrders, workOfOrders } from './order-traces.js';
import type { Tracing } from './tracing.js';

const patienceMs = 3_000;

/** Spans go by OTLP over HTTP; OTEL_EXPORTER_OTLP_HEADERS and the other variables of the exporter hold as well. */
export function createTracing({ endpoint, service }: { endpoint: string; service: string }): Tracing {
  const resource = new Resource({ 'service.name': service, 'service.version': version });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }));
  const provider = new BasicTracerProvider({ resource, idGenerator: orderTraceIds, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer('quittance');
  return {
    traced: stepsOf(tracer),
    ofClient: [toRunsOfOrders, new OpenTelemetryWorkflowClientInterceptor({ tracer })],
    ofWorker: workerOptions(tracer, { processor, resource }),
    close: () => patiently(provider.shutdown()),
  };
}

function workerOptions(
  tracer: Tracer,
  { processor, resource }: { processor: SpanProcessor; resource: Resource },
): Pick<WorkerOptions, 'interceptors' | 'sinks'> {
  return {
    interceptors: {
      activity: [
        ({ info }) => ({ inbound: workOfOrders(info.workflowExecution?.workflowId ?? '') }),
        (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }) }),
      ],
    },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}

/** A collector that is away costs the last spans, and nobody's time. */
async function patiently(sent: Promise<unknown>): Promise<void> {
  await Promise.race([sent.catch(() => {}), pause(patienceMs, undefined, { ref: false })]);
}
