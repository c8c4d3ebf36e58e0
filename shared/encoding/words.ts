/**
 * Words that people read aloud, type and write down: fingerprints and generated passphrases.
 * One list of 2,048 English words (BIP-39), 11 bits a word.
 * @module
 */
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { randomBelow, randomBytes, type RandomSource } from '../secret/random.ts';
import { utf8ToBytes } from './bytes.ts';

const known = new Set(wordlist);

/** The first `count` words of a digest: 11 bits each, most significant bit first. */
export function digestWords(digest: Uint8Array, count: number): string {
  if (digest.length * 8 < count * 11) throw new RangeError('The digest is too short.');
  const words: string[] = [];
  for (let word = 0; word < count; word++) {
    let index = 0;
    for (let bit = word * 11; bit < word * 11 + 11; bit++) {
      index = (index << 1) | (((digest[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    words.push(wordlist[index] ?? '');
  }
  return words.join(' ');
}

/** The eight words (88 bits) by which one side types the digest of the other's document. */
export function eightWords(digest: Uint8Array): string {
  return digestWords(digest, 8);
}

/** The four words (44 bits) of a transcript's head, for a witness to write down. */
export function fourWords(digest: Uint8Array): string {
  return digestWords(digest, 4);
}

/** What a person typed: lower case, single spaces, no ends. Never for secrets. */
export function normaliseWords(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .split(/[\s,.-]+/u)
    .filter(Boolean)
    .join(' ');
}

/** The words of `text` that are not in the list: what to point at when eight words are refused. */
export function unknownWords(text: string): string[] {
  return normaliseWords(text)
    .split(' ')
    .filter((word) => word !== '' && !known.has(word));
}

/**
 * A generated passphrase as UTF-8 bytes: 6 words are 66 bits, 7 are 77 bits.
 * Lower case, single spaces. The caller wipes it.
 */
export function generatePassphrase(words = 6, random: RandomSource = randomBytes): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < words; i++) {
    if (i > 0) parts.push(Uint8Array.of(0x20));
    parts.push(utf8ToBytes(wordlist[randomBelow(wordlist.length, random)] ?? ''));
  }
  const passphrase = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    passphrase.set(part, at);
    at += part.length;
  }
  return passphrase;
}
