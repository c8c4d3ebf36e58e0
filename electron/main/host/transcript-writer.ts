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
  /**
   * Seals the head as it stands. Nothing else is appended while `sign` works on the message: a
   * seal must stand right behind the entry that it covers.
   */
  seal(sign: (message: Uint8Array) => Promise<readonly Signature[]>): Promise<void>;
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

/** Adds a document unless this very one stands in the log: what may be tried again. */
export async function addOnce(transcript: TranscriptWriter, envelope: Envelope): Promise<void> {
  const stands = transcript.log.items.some(
    (item) => 'document' in item && item.document === envelope,
  );
  if (!stands) await transcript.addDocument(envelope);
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

  // People may open an exception sheet while an effect adds its document: one after the other.
  let tail: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }

  async function seal(sign: (message: Uint8Array) => Promise<readonly Signature[]>): Promise<void> {
    const newest = last();
    if (newest === undefined) throw new Error('There is nothing to seal.');
    const { mode, ceremonyId } = header;
    const body: Seal = {
      mode,
      ceremonyId,
      entries: newest.n + 1,
      head: newest.hash,
      sealedAt: formatTime(now()),
    };
    const payloadType = sealType.payloadType(mode);
    const payload = sealType.encodeBody(body);
    const signatures = await sign(preAuthEncoding(payloadType, payload));
    const envelope = withSignatures({ payloadType, payload, signatures: [] }, signatures);
    await add({ seal: sealType.parseEnvelope(envelope, mode) });
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
      inTurn(() =>
        add({
          entry: makeEntry(header, last(), {
            ...facts,
            kind,
            at: { type: 'time', value: formatTime(now()) },
          }),
        }),
      ),
    addDocument: (envelope) => inTurn(() => add({ document: envelope })),
    seal: (sign) => inTurn(() => seal(sign)),
    bytes: () => encodeLog(log),
    close: () => inTurn(() => file.close()),
  };
}
