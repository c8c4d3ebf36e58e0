/**
 * The transcript of the running ceremony: what is appended is on the disk before anything else
 * happens.
 * @module
 */
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import {
  preAuthEncoding,
  withSignatures,
  type Envelope,
  type Signature,
} from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { fourWords } from '../../../shared/encoding/words.ts';
import { makeEntry, type Entry, type Facts } from '../../../shared/transcript/entry.ts';
import type { EntryKind } from '../../../shared/transcript/kinds.ts';
import {
  encodeLog,
  entries,
  logHeader,
  type CeremonyLog,
  type LogHeader,
  type LogItem,
} from '../../../shared/transcript/log.ts';
import { sealType, type Seal } from '../../../shared/transcript/seal.ts';
import type { OpenLog, Store } from './store.ts';

export interface TranscriptWriter {
  readonly log: CeremonyLog;
  /** How many entries, and the head as four words. */
  head(): { entries: number; words: string; hash: string };
  record(kind: EntryKind, facts: Facts): Promise<void>;
  addDocument(envelope: Envelope): Promise<void>;
  /** The seal over the head as it stands, and what a signer signs for it. */
  prepareSeal(): { body: Seal; message: Uint8Array };
  addSeal(body: Seal, signatures: readonly Signature[]): Promise<void>;
  /** The file as it stands. */
  bytes(): Uint8Array;
  close(): Promise<void>;
}

export async function startTranscript(
  store: Store,
  facts: Omit<LogHeader, 'conclave' | 'version'>,
  now: () => Date,
): Promise<TranscriptWriter> {
  const header = logHeader(facts);
  return writer({ header, items: [] }, await store.createLog(header), now);
}

export function continueTranscript(
  reopened: { log: CeremonyLog; file: OpenLog },
  now: () => Date,
): TranscriptWriter {
  return writer(reopened.log, reopened.file, now);
}

function writer(start: CeremonyLog, file: OpenLog, now: () => Date): TranscriptWriter {
  const { header } = start;
  const items: LogItem[] = [...start.items];
  const log: CeremonyLog = { header, items };
  const last = (): Entry | undefined => {
    const all = entries(log);
    return all[all.length - 1];
  };

  async function add(item: LogItem): Promise<void> {
    await file.append(item);
    items.push(item);
  }

  return {
    log,
    head() {
      const newest = last();
      return newest === undefined
        ? { entries: 0, words: '', hash: '' }
        : { entries: newest.n + 1, words: fourWords(hexToBytes(newest.hash)), hash: newest.hash };
    },
    record: (kind, facts) =>
      add({
        entry: makeEntry(header, last(), {
          ...facts,
          kind,
          at: { type: 'time', value: formatTime(now()) },
        }),
      }),
    addDocument: (envelope) => add({ document: envelope }),
    prepareSeal() {
      const newest = last();
      if (newest === undefined) throw new Error('There is nothing to seal.');
      const body: Seal = {
        mode: header.mode,
        ceremonyId: header.ceremonyId,
        entries: newest.n + 1,
        head: newest.hash,
        sealedAt: formatTime(now()),
      };
      const message = preAuthEncoding(sealType.payloadType(header.mode), sealType.encodeBody(body));
      return { body, message };
    },
    async addSeal(body, signatures) {
      const envelope = withSignatures(
        {
          payloadType: sealType.payloadType(header.mode),
          payload: sealType.encodeBody(body),
          signatures: [],
        },
        signatures,
      );
      await add({ seal: sealType.parseEnvelope(envelope, header.mode) });
    },
    bytes: () => encodeLog(log),
    close: () => file.close(),
  };
}
