/**
 * What a share file is called: enough to find it among a custodian's files, and nothing secret.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';

/** What the name of a share file says. It is a label on the outside: the share itself decides. */
export interface ShareFileName {
  readonly name: string;
  /** 1..count, as people say it: "share 2 of 4". */
  readonly index: number;
  readonly count: number;
  /** First 4 bytes of the set id, 8 lower-case hex digits. */
  readonly setPrefix: string;
  readonly mode: Mode;
}

export interface ShareFacts {
  /** 16 bytes. */
  readonly setId: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly mode: Mode;
}

const PATTERN = /^conclave-share-([1-9]\d?)-of-([1-9]\d?)-([0-9a-f]{8})(-rehearsal)?\.age$/;

/** The first 8 hex digits of a set id. */
export function setPrefixOf(setId: Uint8Array): string {
  return hex(setId.subarray(0, 4));
}

/** Lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** For example `conclave-share-2-of-4-1a2b3c4d.age`, in a rehearsal `…-1a2b3c4d-rehearsal.age`. */
export function shareFileName({ setId, index, count, mode }: ShareFacts): string {
  const whole = Number.isInteger(index) && Number.isInteger(count);
  if (!whole || index < 1 || index > count || count > 16 || setId.length !== 16) {
    throw new RangeError('a share file is named after a set id of 16 bytes and share 1..count');
  }
  const ending = mode === 'rehearsal' ? '-rehearsal' : '';
  return `conclave-share-${index}-of-${count}-${setPrefixOf(setId)}${ending}.age`;
}

/** Reads a name as a file system gave it (FAT may shout it); undefined if it is no share file's. */
export function parseShareFileName(name: string): ShareFileName | undefined {
  const found = PATTERN.exec(name.toLowerCase());
  if (found === null) return undefined;
  const [, index, count, setPrefix = '', ending] = found;
  const mode: Mode = ending === undefined ? 'production' : 'rehearsal';
  const share = { name, index: Number(index), count: Number(count), setPrefix, mode };
  return share.index <= share.count ? share : undefined;
}
