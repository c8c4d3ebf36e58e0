/**
 * Words that one side reads aloud and the other types; compared here, never clicked away.
 * @module
 */
import { equalBytes, hexToBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords, normaliseWords, unknownWords } from '../../shared/encoding/words.ts';
import { refuseFlow } from './refusals.ts';

/** How the server's console is called where an admin's name would stand. */
export const CONSOLE = 'the server’s console';

/** The eight words of a digest in hex. */
export function wordsOf(digest: string): string {
  return eightWords(hexToBytes(digest));
}

/** @throws Refusal `words-differ`, naming words that are not in the list */
export function assertWords(typed: string, digest: string): void {
  const given = utf8ToBytes(normaliseWords(typed));
  if (!equalBytes(given, utf8ToBytes(wordsOf(digest)))) {
    throw refuseFlow('words-differ', unknownWords(typed));
  }
}

/** How a document's file is called on a stick: `conclave-package-1a2b3c4d.json`. */
export function fileName(kind: string, digest: string): string {
  return `conclave-${kind}-${digest.slice(0, 8)}.json`;
}
