/**
 * What a refusal means on the wire. Each area keeps one table beside its refusals; the service
 * and the command line merge them. A code without an entry is a plain refusal: 422, nothing changed.
 * @module
 */
export interface Meaning {
  /** HTTP status. */
  readonly status: number;
  /** Whether anything was changed. `perhaps`: the answer was lost, look at the state. Default `no`. */
  readonly changed?: 'no' | 'perhaps' | 'yes';
  /** Which part cannot be reached; the command line then ends with 3 instead of 1. */
  readonly part?: 'database' | 'vault' | 'sync';
}

export type Meanings = Readonly<Record<string, Meaning>>;
