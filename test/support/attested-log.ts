/**
 * The log of a Split in which FIDO2 keys attested: the operator's identity is made by one, and share
 * 4 is locked to one. The keys are software; their maker's root is the only secret that is missing.
 * @module
 */
import type { FidoCredential } from '../../electron/devices/ctap/index.ts';
import { attestationFacts, compressed } from '../../electron/media/yubikey/fido.ts';
import type { Effect } from '../../shared/ceremony/effects.ts';
import { identityOnKey, registered } from '../../shared/ceremony/seat/keys.ts';
import type { KeyRecord, Turn } from '../../shared/ceremony/types.ts';
import { utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { describeCredential, identityAttested } from '../../shared/identity/key-identity.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { shareAttested } from '../../shared/identity/share-attested.ts';
import type { LogWriter, TestLog } from './logs.ts';
import { makeSplitLog } from './logs.ts';
import { makeCast, randomId } from './people.ts';
import { makeShareSet, type TestShareSet } from './share-sets.ts';
import { pluggedFido } from './software-key/fido-plugged.ts';

export const OPERATOR_SERIAL = 11_111_111;
export const SHARE_SERIAL = 22_222_222;

export interface AttestedLog extends TestLog {
  readonly set: TestShareSet;
}

/** What a test may do with what the keys said, before it is written down. */
export interface Tampering {
  readonly identity?: (record: KeyRecord) => KeyRecord;
  readonly share?: (record: KeyRecord) => KeyRecord;
  /** Whose share the key was asked to attest; default: custodian 4's, which it is. */
  readonly attestsFor?: string;
  /** The credential in the roster is another than the attested one. */
  readonly otherCredential?: boolean;
}

/** A credential of a software key that was asked to attest `clientDataHash`. */
export async function attestedCredential(clientDataHash: Uint8Array): Promise<FidoCredential> {
  const key = await pluggedFido().open();
  const pin = utf8ToBytes('123456');
  return key.makeCredential({ userId: Uint8Array.of(1), pin, clientDataHash });
}

/** As the worker tells of a key. */
export function recordOf({ attestation }: FidoCredential, serial: number): KeyRecord {
  return {
    serial,
    model: 'YubiKey 5 NFC',
    firmware: '5.7.1',
    isBackup: false,
    slot: null,
    attestation: attestationFacts(attestation),
  };
}

export async function makeAttestedLog(
  mode: Mode,
  { identity = (one) => one, share = (one) => one, ...tampering }: Tampering = {},
  random: RandomSource = randomBytes,
): Promise<AttestedLog> {
  const ceremonyId = randomId(random);
  const cast = makeCast(mode, 4, random);
  const made = await attestedCredential(identityAttested(mode, ceremonyId, 'operator'));
  const listed = tampering.otherCredential === true ? await attestedCredential(random(32)) : made;
  const credential = describeCredential(
    listed.credentialId,
    compressed(listed.publicKey),
    OPERATOR_SERIAL,
  );
  const operator = { ...cast.operator, credential };
  const people = [...cast.custodians, operator, cast.witness];
  const set = await makeShareSet({
    mode,
    random,
    ceremonyId,
    cast: { ...cast, operator, all: people },
  });
  const { setId, generation } = set.manifest.body;
  const locked = await attestedCredential(
    shareAttested(
      { mode, ceremonyId, setId, generation, index: 4 },
      tampering.attestsFor ?? 'custodian 4',
    ),
  );
  const keyid = operator.signer.keyid;
  const log = await makeSplitLog(set, {
    random,
    more(writer, at) {
      if (at === 0) {
        const record = identity(recordOf(made, OPERATOR_SERIAL));
        write(writer, identityOnKey(turn('operator', 'operator', null), keyid, record));
      }
      if (at === 4) {
        const record = share(recordOf(locked, SHARE_SERIAL));
        write(writer, registered(turn('custodian 4', 'custodian', 4), 'yubikey-fido2', [record]));
      }
    },
  });
  return { ...log, set };
}

function turn(name: string, role: Turn['role'], index: number | null): Turn {
  return { name, role, index };
}

function write(writer: LogWriter, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.effect === 'record') writer.entry(effect.kind, effect.facts);
  }
}
