import { noTracing, type Tracing } from './tracing.js';

/** OpenTelemetry is loaded only where its endpoint is set. */
export async function loadTracing(
  { otlpEndpoint }: { readonly otlpEndpoint: string | null },
  service: string,
): Promise<Tracing> {
  if (otlpEndpoint === null) return noTracing;
  const { createTracing } = await import('./open-telemetry.js');
  return createTracing({ endpoint: otlpEndpoint, service });
}
