/**
 * How Conclave says no.
 *
 * Whatever comes from outside (a scan, a file, a typed line, a bundle, a request) leaves its
 * parser as a validated type or as one {@link Refusal}: a code from a closed table, three
 * sentences for the person (what happened, what it means, what to do now) and, where there is
 * one, the culprit. Each area keeps its own table beside its code.
 * @module
 */

/** What a person reads: what happened, what it means, what to do now. Each a whole sentence. */
export interface Sentences {
  readonly happened: string;
  readonly means: string;
  readonly next: string;
}

/** A refusal that crosses a process border: plain data, never a secret. */
export interface RefusalNote extends Sentences {
  readonly code: string;
  /** What is to blame, in the words of the screen: `share 3 of 4`, `line 2`, a file name. */
  readonly culprit?: string;
}

/** The one error class for refused input. `message` is the three sentences in one line. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly sentences: Sentences;
  readonly culprit: string | undefined;

  constructor(code: string, sentences: Sentences, culprit?: string, options?: ErrorOptions) {
    super(`${sentences.happened} ${sentences.means} ${sentences.next}`, options);
    this.code = code;
    this.sentences = sentences;
    this.culprit = culprit;
  }

  /** Plain data for IPC, HTTP and the transcript. */
  note(): RefusalNote {
    return {
      code: this.code,
      ...this.sentences,
      ...(this.culprit === undefined ? {} : { culprit: this.culprit }),
    };
  }
}

/**
 * A closed table of refusals of one area: code to a function that words it.
 *
 * @example
 * const refuse = refusals({
 *   'line-checksum': (line: number) => ({ happened: …, means: …, next: …, culprit: `line ${line}` }),
 * });
 * throw refuse('line-checksum', 2);
 */
export function refusals<
  Table extends Record<string, (...facts: never[]) => Sentences & { culprit?: string }>,
>(table: Table) {
  return function refuse<Code extends keyof Table & string>(
    code: Code,
    ...facts: Parameters<Table[Code]>
  ): Refusal {
    const { culprit, ...sentences } = (
      table[code] as (...all: typeof facts) => Sentences & { culprit?: string }
    )(...facts);
    return new Refusal(code, sentences, culprit);
  };
}

/** Runs `parse` and turns any foreign error into the refusal that `otherwise` makes. */
export function orRefuse<T>(parse: () => T, otherwise: (cause: unknown) => Refusal): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw otherwise(cause);
  }
}
