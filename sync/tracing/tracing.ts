/**
 * Traces, for whoever collects them: which request waited for what. Without a collector nothing of
 * this is loaded.
 *
 * SECURITY: a span holds only the facts named in {@link SpanFacts}: names and patterns of sync's own
 * code, never a value of a request, an address, a path with an id in it, or a digest.
 * @module
 */

/** The closed list of what a span may say. */
export interface SpanFacts {
  readonly method?: string;
  /** As it is registered: `/object/:token`, never the address itself. */
  readonly route?: string;
  readonly status?: number;
  /** `SELECT conclave.bundles`: statement and table, no text, no values. */
  readonly statement?: string;
  /** `users/{id}/surveys/{id}/recovery-kek`. */
  readonly vaultPath?: string;
  /** The code of a refusal, or `fault`. */
  readonly outcome?: string;
}

export interface OpenSpan {
  /** Runs `work` so that spans begun in it are this one's children. */
  within<T>(work: () => T): T;
  end(facts: SpanFacts): void;
}

export interface Tracing {
  /** The span of a request that came. */
  begin(name: string, facts: SpanFacts): OpenSpan;
  /** The span of work that goes on by itself. */
  job<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A span around `work`, where one is open; what it throws is passed on, and named by its code alone. */
  span<T>(name: string, facts: SpanFacts, work: () => Promise<T>): Promise<T>;
  /** Writes down in the current span that a step of a commit was made. */
  step(name: string): void;
  /** Sends what waits, for a few seconds at most. Never throws. */
  close(): Promise<void>;
}
