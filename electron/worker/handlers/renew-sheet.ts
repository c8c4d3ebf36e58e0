/**
 * The OTP envelope of a share that was given from a sheet, made anew on another sheet: printed first,
 * then read back from paper and opened. The old sheet opens the share all the while.
 * @module
 */
import type { MediumRecord } from '../../../shared/ceremony/types.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  keyEnvelopeDigest,
} from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { renderKeySheet, type KeySheetFacts } from '../../media/paper/key-sheet.ts';
import { keyTitle } from '../../media/yubikey/keys.ts';
import { askSheet } from '../asking.ts';
import { KeyHolder } from '../keys/holder.ts';
import { ownersIn } from '../keys/owners.ts';
import { lockAnew, requireOpens } from '../keys/renew.ts';
import type { CommandInput } from '../protocol.ts';
import { refuseWorker } from '../refusals.ts';
import { needAccepted } from '../shares.ts';
import { needOnSheet, type OtpGiven } from '../otp-given.ts';
import type { WorkerState } from '../state.ts';
import type { Context, Handler } from '../context.ts';
import { isoDay, printSheets, requirePrinter, sheetFileName } from './write-paper.ts';

export const printEnvelope: Handler<'print-envelope'> = async (input, context) => {
  const { state, random, seal } = context;
  const { paper, index, ceremonyId } = input;
  const given = needOnSheet(state, index);
  requirePrinter(paper, state);
  const holder = holderOf(input, context);
  const fresh = await needAccepted(state, index).use((wire) =>
    lockAnew(holder, given.envelope, ceremonyId, given, wire, { random, ...seal }),
  );
  holder.entry.busy('Printing');
  const facts = sheetFacts(input, given, state);
  const envelope = encodeKeyEnvelope(fresh);
  const pdf = await renderKeySheet(facts, envelope, paper.page);
  // From here on a sheet may be on paper: only the last one is taken when it is read back.
  given.made = envelope;
  const sheet = { name: sheetFileName('envelope', facts), pdf };
  const { records, warning } = await printSheets([sheet], paper, state);
  const [record] = records;
  if (record === undefined) throw new Error('A sheet that was printed has a record.');
  return { record: { ...record, kind: 'yubikey-otp' } satisfies MediumRecord, warning };
};

export const proveEnvelope: Handler<'prove-envelope'> = async (input, context) => {
  const { state } = context;
  const { person, index, manifest, how, ways, sheetNumber } = input;
  const given = needOnSheet(state, index);
  const { made: printed } = given;
  if (printed === null) throw refuseWorker('worker-out-of-order', 'a new sheet');
  const holder = holderOf(input, context);
  const title = `the new envelope of ${shareName(index, manifest.count)}`;
  const { envelope } = await askSheet(
    holder.entry,
    { person, kind: 'key-share', title, ways, first: how, sheet: sheetNumber },
    (bytes) => {
      const read = decodeKeyEnvelope(bytes.slice());
      // A sheet of another day may have the same number; it would open, and is not the new one.
      if (!equalBytes(bytes, printed)) throw refuseWorker('sheet-other-envelope', sheetNumber);
      return { envelope: read };
    },
  );
  holder.entry.accepted('The new sheet was read.');
  await needAccepted(state, index).use((wire) =>
    requireOpens(holder, given.envelope, envelope, given, wire),
  );
  return { after: keyEnvelopeDigest(encodeKeyEnvelope(envelope)) };
};

function holderOf(
  { person, manifest }: Pick<CommandInput<'print-envelope'>, 'person' | 'manifest'>,
  { entry, keys }: Context,
): KeyHolder {
  return new KeyHolder(entry(), keys, person, ownersIn(manifest));
}

/** As in the split, from the manifest. */
function sheetFacts(
  { manifest, paper, index, ceremonyId }: CommandInput<'print-envelope'>,
  { key }: OtpGiven,
  { mode }: WorkerState,
): KeySheetFacts {
  const share = manifest.shares.find((one) => one.index === index);
  if (share === undefined) throw refuseWorker('worker-out-of-order', 'a share of the set');
  const { label, setId, generation, threshold, count, keyVersion } = manifest;
  return {
    mode,
    setLabel: label,
    setId,
    generation,
    threshold,
    count,
    keyVersion,
    ceremonyId,
    index,
    sheet: paper.sheetNumber,
    custodian: share.custodian.name,
    date: isoDay(paper.sheet.date),
    fingerprint: share.publicKey,
    keys: keyTitle(key),
    opensWith: 'words',
  };
}
