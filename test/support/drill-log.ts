/**
 * The log of a drill, as the app writes it: custodian 1 gives a share from a sheet of an OTP key, which
 * is made anew, custodian 2 one from a stick, and custodian 3 was called and brought none.
 * @module
 */
import { randomBytes } from '../../shared/secret/random.ts';
import { makeDrillBundle, makeDrillPackage, type TestDrillBundle } from './drill-documents.ts';
import { deliver, LogWriter, type LogOptions, type TestLog } from './logs.ts';
import { randomId, type TestPerson } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

export interface DrillLogOptions extends LogOptions {
  /** Who sits there as the witness; null: nobody does. */
  readonly witness?: TestPerson | null;
  /** Whose name stands in the entry of the sheets that were destroyed. */
  readonly named?: string;
  /** Numbers of the shares that signed, as the bundle has them; default: 1 and 2. */
  readonly proves?: readonly number[];
  /** Sets of other versions, as the package names them. */
  readonly others?: readonly TestShareSet[];
  /** More entries, before the witness sits down (false) or when the operator does (true). */
  readonly before?: (writer: LogWriter, watched: boolean) => void;
}

export async function makeDrillLog(
  set: TestShareSet,
  options: DrillLogOptions = {},
): Promise<TestLog<TestDrillBundle>> {
  const { random = randomBytes, witness = set.cast.witness, named = 'witness' } = options;
  const { manifest, roster, cast, sync, mode } = set;
  const { setId, label, keyVersion, generation } = manifest.body;
  const ceremonyId = randomId(random);
  const source = await makeDrillPackage(set, random, options.others);
  const { nonce, epoch, expiresAt } = source.body;
  const writer = new LogWriter({ mode, kind: 'drill', ceremonyId }, random, options.begin);
  writer
    .entry('ceremony-opened', { ceremony: 'drill', application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'known',
    })
    .document(source.envelope)
    .document(roster.envelope)
    .document(manifest.envelope)
    .entry('package-imported', {
      digest: digestOf(source.digest),
      nonce,
      packageKind: 'drill',
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    })
    .entry('drill-agreed', { setId, label, keyVersion, generation });
  for (const index of [1, 2]) {
    const person = cast.custodians[index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    const { name, signer } = person;
    const whose = { index, custodian: name };
    const medium = index === 1 ? 'yubikey-otp' : 'usb';
    writer
      .entry('person-seated', { name, role: 'custodian' })
      .entry('share-accepted', { index, medium, ...(index === 1 ? { sheet: 1 } : {}) })
      .entry('share-proved', { ...whose, medium });
    if (index === 1) {
      writer
        .entry('envelope-printing', { ...whose, sheet: 2 })
        .entry('envelope-renewed', {
          ...whose,
          before: digestOf('b0'.repeat(32)),
          after: digestOf('af'.repeat(32)),
          oldSheet: 1,
          sheet: 2,
        })
        .entry('sheets-destroyed', { ...whose, sheets: '1', good: 2, witness: named });
    }
    writer.entry('identity-ready', {
      name,
      role: 'custodian',
      publicKey: signer.keyid,
      how: 'opened',
    });
    await writer.seal(signer);
  }
  writer.entry('share-not-proved', { index: 3, custodian: 'custodian 3', why: 'absent' });
  options.before?.(writer, false);
  if (witness !== null) {
    writer.entry('person-seated', { name: witness.name, role: 'witness' }).entry('identity-ready', {
      name: witness.name,
      role: 'witness',
      publicKey: witness.signer.keyid,
      how: 'opened',
    });
    await writer.seal(witness.signer);
  }
  const { operator } = cast;
  writer.entry('person-seated', { name: operator.name, role: 'operator' });
  options.before?.(writer, true);
  writer.entry('identity-ready', {
    name: operator.name,
    role: 'operator',
    publicKey: operator.signer.keyid,
    how: 'opened',
  });
  await writer.seal(operator.signer);
  const bundle = await makeDrillBundle(set, {
    random,
    package: source,
    ceremonyId,
    proves: options.proves ?? [1, 2],
    failed: [{ index: 3, why: 'absent' }],
    change: { transcript: writer.standing() },
  });
  return deliver(writer, set, bundle, options);
}
