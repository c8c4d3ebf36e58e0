/**
 * The personal identity of an admin, from the age file that the laptop made: opened for one
 * signature and wiped.
 * @module
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { AGE_FILE_LIMIT, openAge } from '../../shared/encoding/age.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import { decodeIdentity, identitySigner } from '../../shared/identity/identity.ts';
import type { Mode } from '../../shared/mode.ts';
import { type Cli, refuseUse } from './cli.ts';

/** Where an identity and its passphrase come from. */
export interface IdentitySource {
  /** Default `CONCLAVE_IDENTITY_FILE`. */
  readonly identityFile?: string | undefined;
  /** Number of an open file descriptor (3 or more) that holds one line; asked for otherwise. */
  readonly passphraseFd?: string | undefined;
}

/** @throws Refusal `used-wrongly` when no file is named */
export function identityFileOf(cli: Cli, source: IdentitySource): string {
  const file = source.identityFile ?? cli.world.environment['CONCLAVE_IDENTITY_FILE'];
  if (file === undefined || file === '') {
    throw refuseUse('used-wrongly', 'Name your identity file: --identity-file FILE.');
  }
  return file;
}

/**
 * Opens an identity for the time of `work`.
 * @throws Refusal `used-wrongly`, `age-…`, `identity-damaged`, `identity-other-mode`
 */
export async function withIdentity<T>(
  cli: Cli,
  source: IdentitySource,
  mode: Mode,
  message: string,
  work: (signer: Signer, name: string) => Promise<T> | T,
): Promise<T> {
  const file = await readIdentityFile(identityFileOf(cli, source));
  const passphrase = await readPassphrase(cli, source, message);
  let plain: Uint8Array | undefined;
  let seed: Uint8Array | undefined;
  try {
    plain = await openAge(file, passphrase);
    const identity = decodeIdentity(plain, mode);
    seed = identity.seed;
    return await work(identitySigner(identity), identity.name);
  } finally {
    passphrase.fill(0);
    plain?.fill(0);
    seed?.fill(0);
  }
}

async function readIdentityFile(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size <= AGE_FILE_LIMIT) return await readFile(file);
  } catch {
    throw refuseUse('used-wrongly', `The identity file ${file} cannot be read.`);
  }
  throw refuseUse('used-wrongly', `The file ${file} is too large for an identity.`);
}

/** UTF-8, without the end of the line; the caller wipes it. */
async function readPassphrase(
  cli: Cli,
  { passphraseFd }: IdentitySource,
  message: string,
): Promise<Uint8Array> {
  if (passphraseFd === undefined) {
    if (cli.world.ask === undefined) {
      throw refuseUse('used-wrongly', 'Nobody can be asked here; use --passphrase-fd NUMBER.');
    }
    // A terminal gives strings; it lives until the signature is made.
    return new TextEncoder().encode((await cli.world.ask(message)).trim());
  }
  const fd = Number(passphraseFd);
  if (!Number.isInteger(fd) || fd < 0 || fd > 1_000) {
    throw refuseUse('used-wrongly', '--passphrase-fd is the number of an open file descriptor.');
  }
  const all = Buffer.alloc(4_096);
  let length = 0;
  try {
    for await (const chunk of createReadStream('', { fd, autoClose: false })) {
      const bytes = chunk as Buffer;
      if (length + bytes.length > all.length) throw new RangeError('too long');
      length += bytes.copy(all, length);
      bytes.fill(0);
    }
    const end = all.subarray(0, length).findIndex((byte) => byte === 0x0a || byte === 0x0d);
    return new Uint8Array(all.subarray(0, end === -1 ? length : end));
  } catch {
    throw refuseUse('used-wrongly', `No passphrase can be read from file descriptor ${fd}.`);
  } finally {
    all.fill(0);
  }
}
