/**
 * Identities for admins that the command line made: registered on the database, and written as the
 * age files that those admins sign with.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sealAge } from '../../shared/encoding/age.ts';
import { hexToBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { createIdentity, encodeIdentity, identitySigner } from '../../shared/identity/identity.ts';
import type { Mode } from '../../shared/mode.ts';
import { adminByName } from '../../sync/admins/admins.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { addIdentityKey } from '../../sync/people/authenticators.ts';
import { postgresConfig } from './sync-databases.ts';

/** Of every identity file of a test. */
export const PASSPHRASE = 'six words that are in no list';

/** An identity in an age file that costs little to open; its public key is returned, 32 bytes. */
export async function identityFile(mode: Mode, name: string, file: string) {
  const identity = createIdentity(mode, name);
  const sealed = await sealAge(encodeIdentity(identity), utf8ToBytes(PASSPHRASE), {
    workFactor: 4,
  });
  await writeFile(file, sealed);
  const signer = identitySigner(identity);
  return { identity, signer, identityKey: hexToBytes(signer.keyid) };
}

/**
 * Gives each admin an identity: `NAME.age` in the folder.
 * @param url of the database, as its owner
 */
export async function giveIdentities(
  url: string,
  mode: Mode,
  names: readonly string[],
  folder: string,
): Promise<void> {
  const database = await openDatabase(postgresConfig(url, 2));
  try {
    for (const name of names) {
      const { identityKey } = await identityFile(mode, name, path.join(folder, `${name}.age`));
      await database.transaction(async (tx) =>
        addIdentityKey(tx, await adminByName(tx, name), identityKey, 'test'),
      );
    }
  } finally {
    await database.close();
  }
}
