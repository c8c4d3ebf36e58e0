/**
 * What the transcript says of YubiKeys: which key is whose, what was programmed, what proves its
 * hardware.
 * @module
 */
import type { Facts } from '../../transcript/entry.ts';
import type { MediumKind } from '../../sharing/manifest.ts';
import type { Effect } from '../effects.ts';
import type { KeyRecord, SlotProgramming, Turn } from '../types.ts';

/** Where a share that is locked to a key may be, when its writing was interrupted. */
export const KEY_AND_STICK: string = 'a YubiKey and a stick';
export const KEY_AND_SHEET = 'a YubiKey and a sheet';
/** A text leaf holds no more; an attestation with its certificates may be longer. */
const LEAF = 4000;

/** The register: one entry for each key that opens the share, and what belongs to it. */
export function registered(
  { index, name }: Turn,
  medium: MediumKind,
  keys: readonly KeyRecord[],
): Effect[] {
  if (index === null) return [];
  return keys.flatMap(({ serial, model, firmware, isBackup, slot, attestation }): Effect[] => {
    const whose = { index, custodian: name, ...(serial === null ? {} : { serial }) };
    return [
      record('key-registered', { ...whose, medium, model, firmware, backup: isBackup }),
      ...(slot === null
        ? []
        : [
            record(slot.programmed ? 'slot-programmed' : 'slot-used', {
              ...whose,
              slot: slot.slot,
              touch: slot.touch,
              ...(slot.verifier === undefined ? {} : { verifier: digestOf(slot.verifier) }),
            }),
          ]),
      ...(attestation === null
        ? []
        : [
            record('key-attested', {
              ...whose,
              format: attestation.format,
              authenticatorData: attestation.authenticatorData,
              clientDataHash: attestation.clientDataHash,
              ...inLeaves('statement', attestation.statement),
            }),
          ]),
    ];
  });
}

/** What is written down before a slot is programmed. */
export function programming(
  { index, name }: Turn,
  { serial, model, slot, found, verifier }: SlotProgramming,
): Facts {
  return {
    index: index ?? 0,
    custodian: name,
    ...(serial === null ? {} : { serial }),
    model,
    slot,
    found,
    verifier: digestOf(verifier),
  };
}

/** A personal identity on a YubiKey: which key, and what it attested about the credential. */
export function identityOnKey(
  { name, role }: Turn,
  publicKey: string,
  { serial, model, firmware, attestation }: KeyRecord,
): Effect[] {
  if (attestation === null) return [];
  const { format, authenticatorData, clientDataHash, statement } = attestation;
  return [
    record('identity-on-key', {
      name,
      role,
      publicKey: digestOf(publicKey),
      model,
      firmware,
      ...(serial === null ? {} : { serial }),
      format,
      authenticatorData,
      clientDataHash,
      ...inLeaves('statement', statement),
    }),
  ];
}

function record(kind: Extract<Effect, { effect: 'record' }>['kind'], facts: Facts): Effect {
  return { effect: 'record', kind, facts };
}

function digestOf(value: string) {
  return { type: 'digest', value } as const;
}

/** `statement.1`, `statement.2`, … */
function inLeaves(path: string, text: string): Facts {
  const parts = text.match(new RegExp(`.{1,${LEAF}}`, 'g')) ?? [];
  return Object.fromEntries(parts.map((part, at) => [`${path}.${at + 1}`, part]));
}
