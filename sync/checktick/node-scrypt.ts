/**
 * What the words of a survey's key column are stretched with.
 * @module
 */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Scrypt } from '../../shared/checktick/index.ts';

/** Node’s scrypt, on a thread of its own. */
export const nodeScrypt: Scrypt = async (password, salt, { dkLen, ...cost }) =>
  new Uint8Array(
    await promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt)(
      password,
      salt,
      dkLen,
      cost,
    ),
  );
