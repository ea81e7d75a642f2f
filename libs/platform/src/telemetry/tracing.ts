/** Traces across streams: a frame's `traceparent` header is the parent of what is made of it (W3C Trace Context). */
import type { Span } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, context, defaultTextMapGetter, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createHash } from 'node:crypto';

/** Starts the SDK where an endpoint is configured; the answer flushes and stops it. */
export function startTracing(service: string, endpoint: string | undefined): () => Promise<void> {
  if (!endpoint) return () => Promise.resolve();
  const sdk = new NodeSDK({
    serviceName: `opmas-${service}`,
    traceExporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
  });
  sdk.start();
  return () => sdk.shutdown();
}

/** A `traceparent` derived from a frame's id, so that every stage and every retry names the same trace. */
export function traceparentOf(frameId: string): string {
  const hash = createHash('sha256').update(frameId).digest('hex');
  return `00-${hash.slice(0, 32)}-${hash.slice(32, 48)}-01`;
}

/** Opens a consumer span under the message's `traceparent`. Costs next to nothing while no SDK is started. */
export function startFrameSpan(name: string, traceparent: string): Span {
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
  return trace.getTracer('opmas').startSpan(name, { kind: SpanKind.CONSUMER }, parent);
}

/** The header to hand on: the span's own where it is recorded, else the one that came in. */
export function traceparentFor(span: Span, incoming: string): string {
  if (!span.isRecording()) return incoming;
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  return carrier['traceparent'] ?? incoming;
}
