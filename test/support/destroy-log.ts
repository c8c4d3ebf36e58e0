/**
 * The log of a destruction, as the app writes it.
 * @module
 */
import type { RandomSource } from '../../shared/secret/random.ts';
import { encodeLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { LogWriter } from './logs.ts';
import { randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

/** The set that is over, and who has what of it. */
export interface DestroyedSet {
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
}

export interface DestroyLogOptions {
  readonly random: RandomSource;
  /** Seconds after `at(0)`. */
  readonly begin?: number;
  /** Descriptions of what custodian 1 destroys; default: of the sheet alone. */
  readonly media?: readonly string[];
  /** Not of a set that is over: these legacy shares of an adopted key, which custodian 1 has. */
  readonly legacy?: readonly number[];
  /** The slot of custodian 3, with what was read afterwards. */
  readonly slot?: { readonly serial: number; readonly empty: boolean };
  /** What else was left on purpose. */
  readonly left?: { readonly serial: number };
  /** Since which day no backup with the old half is left: operator and witness say so. */
  readonly backupsGone?: string;
  /** Nobody tried a backup: the operator answers for it with the witness, and signs or does not. */
  readonly untried?: 'signed' | 'not-signed';
  /** Stopped while the witness sat there. */
  readonly stopped?: boolean;
  /** Nobody watched, or the laptop stopped before the witness signed. */
  readonly unwitnessed?: boolean;
}

/** Custodian 1's media and custodian 3's slot, destroyed before the witness of the cast. */
export async function makeDestroyLog(
  { mode, cast }: Pick<TestShareSet, 'mode' | 'cast'>,
  { setId, generation, label }: DestroyedSet,
  options: DestroyLogOptions,
): Promise<{ log: CeremonyLog; bytes: Uint8Array }> {
  const { random, media = ['A4 sheet 1'], legacy = [], slot, left, unwitnessed = false } = options;
  const ceremonyId = randomId(random);
  const writer = new LogWriter({ mode, kind: 'destroy', ceremonyId }, random, options.begin);
  const [one, , three] = cast.custodians;
  const { witness, operator } = cast;
  if (one === undefined || three === undefined) throw new Error('The cast has three custodians.');
  const sitting = (person: {
    readonly name: string;
    readonly signer: { readonly keyid: string };
  }) => {
    const role = person === witness ? 'witness' : person === operator ? 'operator' : 'custodian';
    const { name } = person;
    const publicKey = { type: 'digest' as const, value: person.signer.keyid };
    writer.entry('identity-ready', { name, role, publicKey, how: 'opened' });
  };
  writer.entry('ceremony-opened', { ceremony: 'destroy', application: 'Conclave 0.1.0' });
  writer.entry('destruction-agreed', {
    setId,
    generation,
    label,
    standing: legacy.length === 0 ? 'void' : 'legacy',
    witness: witness.name,
    ...(options.untried === undefined
      ? {}
      : { 'backups.reason': 'no disk for it yet', 'backups.by.name': operator.name }),
    ...Object.fromEntries(
      [
        ...legacy.map((number) => `${one.name}: legacy share ${number}`),
        ...media.map((description) => `share 1 of 4, ${one.name}, ${description}`),
        ...(slot === undefined ? [] : [`share 3 of 4, ${three.name}, slot 2`]),
      ].map((thing, at) => [`thing.${at + 1}`, thing]),
    ),
  });
  writer.entry('environment-checked', { standing: 'ready', 'probe.swap': 'pass' });
  writer.entry('clock-compared', { agrees: true });
  if (options.untried === 'signed') {
    sitting(operator);
    await writer.seal(operator.signer);
  }
  writer.entry('person-seated', { name: one.name, role: 'custodian' });
  for (const description of media) {
    const facts = { index: 1, custodian: one.name, medium: 'paper', description };
    writer.entry('medium-destroyed', facts);
  }
  for (const number of legacy) {
    const description = `legacy share ${number}`;
    writer.entry('legacy-destroyed', { number, custodian: one.name, description });
  }
  sitting(one);
  await writer.seal(one.signer);
  if (slot !== undefined || left !== undefined) {
    const whose = { index: 3, custodian: three.name };
    writer.entry('person-seated', { name: three.name, role: 'custodian' });
    if (slot !== undefined) {
      const { serial, empty } = slot;
      writer.entry('slot-erased', { ...whose, serial, slot: 2, found: 'configured', empty });
    }
    if (left !== undefined) {
      const { serial } = left;
      writer.entry('slot-left', { ...whose, serial, slot: 2, reason: 'It opens a door as well.' });
    }
    sitting(three);
    await writer.seal(three.signer);
  }
  if (options.backupsGone !== undefined) {
    writer.entry('backups-gone', {
      setId,
      label,
      on: options.backupsGone,
      'by.1.name': operator.name,
      'by.2.name': witness.name,
    });
    sitting(operator);
    await writer.seal(operator.signer);
  }
  if (!unwitnessed) {
    writer.entry('person-seated', { name: witness.name, role: 'witness' });
    sitting(witness);
    await writer.seal(witness.signer);
  }
  if (options.stopped === true) {
    writer.entry('exception', { text: 'The destruction was stopped: a fire alarm' });
  }
  writer.entry('ceremony-closed', { outcome: 'some of it is left' });
  const log = writer.log();
  return { log, bytes: encodeLog(log) };
}
