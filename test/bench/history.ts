/**
 * The logs of a laptop with a long past: ten share sets, each of which replaced the one before, and
 * recoveries with each of them; chains, seals and documents as the app writes them.
 * @module
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { Envelope, Signer } from '../../shared/encoding/dsse.ts';
import { encodeLog, entries, type CeremonyLog } from '../../shared/transcript/log.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../support/logs.ts';
import { randomId } from '../support/people.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../support/share-sets.ts';

const SETS = 10;
const HOUR = 3600;

export interface History {
  readonly logs: number;
  readonly entries: number;
  readonly bytes: number;
}

/** OpenSSL's, because so many seals take the JavaScript of the app minutes. */
function quickSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return {
    keyid: bytesToHex(new Uint8Array(raw)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** Writes logs with this many entries, or a few more, into a folder. */
export async function writeHistory(folder: string, wanted: number): Promise<History> {
  const signer = quickSigner();
  const made: History = { logs: 0, entries: 0, bytes: 0 };
  const keep = async (log: CeremonyLog, into: History): Promise<History> => {
    const bytes = encodeLog(log);
    await writeFile(join(folder, `${log.header.ceremonyId}.jsonl`), bytes);
    return {
      logs: into.logs + 1,
      entries: into.entries + entries(log).length,
      bytes: into.bytes + bytes.length,
    };
  };
  let history = made;
  let before: TestShareSet | null = null;
  let begin = 0;
  for (let number = 1; number <= SETS; number += 1) {
    const set = await nextSet(before, number);
    history = await keep((await makeSplitLog(set, { begin })).log, history);
    const { log } = await makeRecoverLog(set, { begin: begin + HOUR });
    history = await keep(log, history);
    const documents = log.items.flatMap((item) => ('document' in item ? [item.document] : []));
    while (history.entries < (wanted * number) / SETS) {
      begin += HOUR;
      history = await keep(await recovery(set, documents, signer, begin), history);
    }
    begin += HOUR;
    before = set;
  }
  return history;
}

async function nextSet(before: TestShareSet | null, number: number): Promise<TestShareSet> {
  const label = `${2020 + number} A`;
  if (before === null) return makeShareSet({ mode: 'production', label });
  const { cast, sync } = before;
  const next = await makeShareSet({ mode: 'production', label, cast, sync });
  const previous = before.manifest.digest;
  return { ...next, manifest: await makeManifest(next, { label }, { previous }) };
}

/** As the app writes one; its documents are those of another recovery with the same set. */
async function recovery(
  set: TestShareSet,
  documents: readonly Envelope[],
  signer: Signer,
  begin: number,
): Promise<CeremonyLog> {
  const { mode, cast, manifest } = set;
  const ceremonyId = randomId();
  const writer = new LogWriter({ mode, kind: 'recover', ceremonyId }, undefined, begin);
  const digest = (value: string) => ({ type: 'digest' as const, value });
  writer.entry('ceremony-opened', { ceremony: 'recover', application: 'Conclave 0.1.0' });
  for (const envelope of documents) {
    if (!/\.(?:bundle|receipt)\./.test(envelope.payloadType)) writer.document(envelope);
  }
  writer
    .entry('package-imported', {
      digest: digest(randomId() + randomId()),
      nonce: randomId(),
      packageKind: 'recover',
      epoch: 4,
      expiresAt: { type: 'time', value: '2026-05-10T09:30:00Z' },
    })
    .entry('environment-checked', { standing: 'pass', 'probe.swap': 'pass', 'probe.disk': 'pass' })
    .entry('clock-compared', { agrees: true });
  for (const { name, roles, signer: own } of [cast.operator, cast.witness]) {
    const role = roles[0] ?? '';
    writer.entry('person-seated', { name, role });
    writer.entry('identity-ready', { name, role, publicKey: own.keyid, how: 'opened' });
  }
  writer
    .entry('vault-component-checked', { fits: true })
    .entry('facts-agreed', { requestCode: 'ABC-123', userId: 7, surveyId: 31, keyVersion: 'v1' });
  for (const { index, custodian } of manifest.body.shares.slice(0, manifest.body.threshold)) {
    const { name, publicKey } = custodian;
    writer
      .entry('person-seated', { name, role: 'custodian' })
      .entry('identity-ready', { name, role: 'custodian', publicKey, how: 'opened' })
      .entry('share-refused', { index, code: 'share-damaged', culprit: `share ${index} of 4` })
      .entry('share-accepted', { index, medium: 'paper' });
    await writer.seal(signer);
  }
  writer
    .entry('platform-key-checked', { fits: true, indexes: '1, 2, 3' })
    .entry('kek-opened', { userId: 7, surveyId: 31 });
  await writer.seal(signer);
  for (const envelope of documents) {
    if (/\.bundle\./.test(envelope.payloadType)) writer.document(envelope);
  }
  writer
    .entry('bundle-made', { digest: digest(randomId() + randomId()), signedEntries: 24 })
    .entry('bundle-written', {
      digest: digest(randomId() + randomId()),
      description: 'stick 9, 16 GB',
    });
  await writer.seal(signer);
  for (const envelope of documents) {
    if (/\.receipt\./.test(envelope.payloadType)) writer.document(envelope);
  }
  writer
    .entry('receipt-imported', {
      digest: digest(randomId() + randomId()),
      outcome: 'committed',
      statement: 'The survey key was recovered.',
    })
    .entry('ceremony-closed', { outcome: 'committed' });
  await writer.seal(signer);
  return writer.log();
}
