/**
 * The log of a ceremony that moves survey keys to another key version, as the app writes it.
 * @module
 */
import { sumCounts, type MovedFile } from '../../shared/bundle/moved-file.ts';
import { countLeaves } from '../../shared/ceremony/move/leaves.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { deliver, LogWriter, type LogOptions, type TestLog } from './logs.ts';
import {
  countMoved,
  makeMoveBundle,
  type TestMoveBundle,
  type TestMovePackage,
} from './move-documents.ts';
import { randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

const digestOf = (value: string) => ({ type: 'digest', value }) as const;

export interface MoveLogOptions extends LogOptions {
  /** Files that an earlier ceremony moved, and which one. */
  readonly kept?: readonly MovedFile[];
  /** How many files are moved here, and sealed; of the last one the seal is missing where it is cut. */
  readonly cutAfter?: number;
  /** Instead of what the bundle brings. */
  readonly told?: (file: MovedFile) => MovedFile;
}

/**
 * @param set of the version that is emptied, whose shares sign; `next`: of the one that they move to
 * @param moved what became of the survey keys of each file
 */
export async function makeMoveLog(
  set: TestShareSet,
  next: TestShareSet,
  source: TestMovePackage,
  moved: Parameters<typeof makeMoveBundle>[3],
  options: MoveLogOptions = {},
): Promise<TestLog<TestMoveBundle> & { readonly files: readonly MovedFile[] }> {
  const { random = randomBytes, kept = [], cutAfter, told = (file: MovedFile) => file } = options;
  const { manifest, cast, sync, mode } = set;
  const ceremonyId = randomId(random);
  const { body, digest } = source.document;
  const { nonce, epoch, expiresAt, keyVersion, movesTo, stored } = body;
  const first = await makeMoveBundle(set, next, source, moved, { random });
  const files = first.document.body.files.map((name, at): MovedFile => ({
    at,
    digest: kept.find((one) => one.at === at)?.digest ?? name,
    counts: countMoved(moved[at] ?? []),
  }));
  const writer = new LogWriter(
    { mode, kind: 'migrate-escrows', ceremonyId },
    random,
    options.begin,
  );
  writer
    .entry('ceremony-opened', { ceremony: 'migrate-escrows', application: 'Conclave 0.1.0' })
    .document(sync.descriptor.envelope)
    .entry('descriptor-trusted', {
      digest: digestOf(sync.descriptor.digest),
      audience: sync.audience,
      how: 'known',
    })
    .document(source.document.envelope)
    .document(next.roster.envelope)
    .document(manifest.envelope)
    .entry('package-imported', {
      digest: digestOf(digest),
      nonce,
      packageKind: body.kind,
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    })
    .entry('environment-checked', { standing: 'ready', 'probe.swap': 'pass' })
    .entry('clock-compared', { agrees: true })
    .entry('vault-component-checked', { fits: true })
    .entry('move-files-compared', {
      description: 'stick COURIER',
      files: files.length,
      kept: kept.length,
    });
  for (const file of kept) {
    writer.entry('moved-file-kept', {
      file: file.at + 1,
      files: files.length,
      digest: digestOf(file.digest),
      ...countLeaves(file.counts),
      madeIn: 'ab'.repeat(16),
    });
  }
  writer.entry('move-agreed', {
    keyVersion,
    movesTo,
    label: manifest.body.label,
    otherLabel: next.manifest.body.label,
    otherSet: digestOf(next.manifest.digest),
    checktick: stored.checktick,
    sealed: stored.sealed,
    files: files.length,
    minutes: 4,
  });
  for (const share of set.shares.slice(0, manifest.body.threshold)) {
    const person = cast.custodians[share.index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    writer.entry('person-seated', { name: person.name, role: 'custodian' });
    writer.entry('share-accepted', { index: share.index, medium: 'paper' });
    await writer.seal(person.signer);
  }
  writer.entry('platform-key-checked', { fits: true, indexes: '1, 2, 3' });
  const here = files.filter(({ at }) => !kept.some((one) => one.at === at));
  for (const [which, file] of here.entries()) {
    const said = told(file);
    writer.entry('file-moved', {
      file: said.at + 1,
      files: files.length,
      from: digestOf(body.files[said.at] ?? ''),
      digest: digestOf(said.digest),
      ...countLeaves(said.counts),
    });
    if (cutAfter === which + 1) {
      const log = writer.log();
      return { log, bytes: encodeLog(log), bundle: null, receipt: null, files };
    }
    await writer.seal(...set.quorum);
  }
  writer.entry('move-read', countLeaves(sumCounts(files)));
  for (const { name, roles, signer } of [cast.witness, cast.operator]) {
    const role = roles[0] ?? '';
    writer.entry('person-seated', { name, role });
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const transcript = writer.standing();
  // Sealing draws at random: the files are the ones that the log names.
  const bundle = await makeMoveBundle(set, next, source, moved, {
    random,
    change: { transcript, ceremonyId, files: files.map((file) => file.digest) },
  });
  return { ...(await deliver(writer, set, bundle, options)), files };
}
