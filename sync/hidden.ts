/**
 * A text that must not be printed: a database address with its password, a Vault secret id.
 *
 * These are strings only because the libraries that use them (pg, Vault's JSON) take strings.
 * Whatever prints the wrapper (JSON, console, a log line, an error) gets the word `[hidden]`.
 * @module
 */
import { inspect } from 'node:util';

const WORD = '[hidden]';

export class Hidden {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself; call it in the line that hands it to the library, never earlier. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return WORD;
  }

  toJSON(): string {
    return WORD;
  }

  [inspect.custom](): string {
    return WORD;
  }
}
