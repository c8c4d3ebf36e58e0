/**
 * Traces over OTLP/HTTP to an OpenTelemetry collector. Loaded only where one is configured.
 *
 * A collector that is down costs nothing but the spans: they are dropped, and the log says so once a
 * minute at most.
 * @module
 */
import type { Span } from '@opentelemetry/api';
import { Refusal } from '../../shared/refusal.ts';
import type { SpanFacts, Tracing } from './tracing.ts';

/** Milliseconds. */
const TIME = { export: 5_000, close: 5_000, between: 60_000 };

/** OpenTelemetry's names of the facts. What is not here is not sent. */
const NAMES: Readonly<Record<keyof SpanFacts, string>> = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  statement: 'db.query.summary',
  vaultPath: 'conclave.vault.path',
  outcome: 'error.type',
};

function attributesOf(facts: SpanFacts): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const key of Object.keys(NAMES) as (keyof SpanFacts)[]) {
    const value = facts[key];
    if (value !== undefined) attributes[NAMES[key]] = value;
  }
  return attributes;
}

/**
 * @param endpoint base address of the collector, such as `http://127.0.0.1:4318`
 * @param warn told when spans could not be sent
 */
export async function otlpTracing(
  endpoint: string,
  version: string,
  warn: (message: string) => void,
): Promise<Tracing> {
  // Here and not above: in the built program, what is above is loaded always.
  const { context, diag, DiagLogLevel, SpanKind, SpanStatusCode, trace } =
    await import('@opentelemetry/api');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  let last = Number.NEGATIVE_INFINITY;
  const complain = (): void => {
    if (performance.now() - last < TIME.between) return;
    last = performance.now();
    warn('traces could not be sent to OTEL_EXPORTER_OTLP_ENDPOINT; they were dropped');
  };
  const quiet = (): void => {};
  diag.setLogger(
    { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    timeoutMillis: TIME.export,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'conclave-sync',
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  // Nothing of a caller's own trace is taken over, and none is handed on to Vault.
  provider.register({ propagator: null });
  const tracer = provider.getTracer('conclave-sync');

  const finish = (span: Span, facts: SpanFacts): void => {
    span.setAttributes(attributesOf(facts));
    if (facts.outcome !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };

  const around = <T>(
    name: string,
    facts: SpanFacts,
    kind: (typeof SpanKind)['CLIENT' | 'INTERNAL'],
    work: () => Promise<T>,
  ): Promise<T> =>
    tracer.startActiveSpan(name, { kind, attributes: attributesOf(facts) }, async (span) => {
      try {
        const result = await work();
        finish(span, {});
        return result;
      } catch (cause) {
        finish(span, { outcome: cause instanceof Refusal ? cause.code : 'fault' });
        throw cause;
      }
    });

  return {
    begin(name, facts) {
      const span = tracer.startSpan(name, {
        kind: SpanKind.SERVER,
        attributes: attributesOf(facts),
      });
      const inside = trace.setSpan(context.active(), span);
      return {
        within: (work) => context.with(inside, work),
        end(more) {
          if (more.route !== undefined) span.updateName(`${facts.method ?? ''} ${more.route}`);
          finish(span, more);
        },
      };
    },
    job: (name, work) => around(name, {}, SpanKind.INTERNAL, work),
    // Alone it would say nothing: to which request or job it belongs is what a trace is for.
    span: (name, facts, work) =>
      trace.getActiveSpan() === undefined ? work() : around(name, facts, SpanKind.CLIENT, work),
    step: (name) => void trace.getActiveSpan()?.addEvent('conclave.commit.step', { step: name }),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, TIME.close);
      });
      await Promise.race([provider.shutdown().catch(complain), enough]);
      clearTimeout(timer);
    },
  };
}
