/**
 * What a share file is called: enough to find it among a custodian's files, and nothing secret.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';

/**
 * What opens a share file: an age file its passphrase, an envelope of media/yubikey its YubiKey.
 */
export type ShareLock = 'passphrase' | 'yubikey';

/** What the name of a share file says. It is a label on the outside: the share itself decides. */
export interface ShareFileName {
  readonly name: string;
  readonly lock: ShareLock;
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

const PATTERN =
  /^conclave-(yubikey-)?share-([1-9]\d?)-of-([1-9]\d?)-([0-9a-f]{8})(-rehearsal)?\.(?:age|cbor)$/;

/** The first 8 hex digits of a set id. */
export function setPrefixOf(setId: Uint8Array): string {
  return hex(setId.subarray(0, 4));
}

/** Lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * For example `conclave-share-2-of-4-1a2b3c4d.age`, in a rehearsal `…-1a2b3c4d-rehearsal.age`. One
 * that is locked to a YubiKey is `conclave-yubikey-share-2-of-4-1a2b3c4d.cbor`: no age tool is
 * tried on it, and no Conclave of before takes it for a share file.
 */
export function shareFileName(
  { setId, index, count, mode }: ShareFacts,
  lock: ShareLock = 'passphrase',
): string {
  const whole = Number.isInteger(index) && Number.isInteger(count);
  if (!whole || index < 1 || index > count || count > 16 || setId.length !== 16) {
    throw new RangeError('a share file is named after a set id of 16 bytes and share 1..count');
  }
  const ending = mode === 'rehearsal' ? '-rehearsal' : '';
  const which = `share-${index}-of-${count}-${setPrefixOf(setId)}${ending}`;
  return lock === 'yubikey' ? `conclave-yubikey-${which}.cbor` : `conclave-${which}.age`;
}

/** Reads a name as a file system gave it (FAT may shout it); undefined if it is no share file's. */
export function parseShareFileName(name: string): ShareFileName | undefined {
  const found = PATTERN.exec(name.toLowerCase());
  if (found === null) return undefined;
  const [, key, index, count, setPrefix = '', ending] = found;
  const lock: ShareLock = key === undefined ? 'passphrase' : 'yubikey';
  if (found[0].endsWith('.age') !== (lock === 'passphrase')) return undefined;
  const mode: Mode = ending === undefined ? 'production' : 'rehearsal';
  const share = { name, lock, index: Number(index), count: Number(count), setPrefix, mode };
  return share.index <= share.count ? share : undefined;
}
