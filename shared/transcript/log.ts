/**
 * The ceremony log as a file (JSONL): what the app exports, sync keeps and the auditor verifies.
 *
 * Every line is one canonical JSON object and ends in a newline:
 *
 *     {"ceremonyId":…,"conclave":"ceremony-log","kind":"split","mode":…,"version":1}
 *     {"entry":{…}}            entries, in order
 *     {"document":{…}}         a DSSE envelope: roster, manifest, descriptor, package, bundle, receipt
 *     {"seal":{…}}             a DSSE envelope over the head as it stands at this line
 * @module
 */
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { envelopeFromJson, envelopeToJson, type Envelope } from '../encoding/dsse.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { id16, mode, z } from '../encoding/schema.ts';
import { orRefuse } from '../refusal.ts';
import { entryHash, entrySchema, GENESIS, type Entry } from './entry.ts';
import { isPlainEntry } from './plain-entry.ts';
import { refuseTranscript } from './refusals.ts';
import { sealType, type SealDocument } from './seal.ts';

/** Logs over 32 MiB are refused before they are parsed. */
export const LOG_LIMIT = 32 * 1024 * 1024;

export const CEREMONY_KINDS = [
  'split',
  'recover',
  'roster',
  'destroy',
  'adopt',
  'recover-member',
  'migrate-organisation',
  'drill',
  'rotate',
  'new-version',
  'add-set',
  'activate',
  'retire',
  'refresh',
  'migrate-escrows',
] as const;
export type CeremonyKind = (typeof CEREMONY_KINDS)[number];

/** Whether such a ceremony makes a share set: the first of a key version, or one that replaces or joins it. */
export const makesSet = (kind: CeremonyKind): kind is 'split' | 'adopt' | Rotation =>
  kind === 'split' || kind === 'adopt' || isRotation(kind);

type Rotation = 'rotate' | 'new-version' | 'add-set' | 'refresh';

/** Whether shares of one set are given, and another set is made. */
export const isRotation = (kind: CeremonyKind): kind is Rotation =>
  kind === 'rotate' || kind === 'new-version' || kind === 'add-set' || kind === 'refresh';

/** Whether the people agree on a set that is split: a refresh leaves who holds shares as it is. */
export const plansSet = (kind: CeremonyKind): boolean => makesSet(kind) && kind !== 'refresh';

const headerSchema = z.strictObject({
  conclave: z.literal('ceremony-log'),
  version: z.literal(1),
  mode,
  kind: z.enum(CEREMONY_KINDS),
  ceremonyId: id16,
});
export type LogHeader = z.infer<typeof headerSchema>;

/** What a line is, once parsed. */
export type LogItem =
  { readonly entry: Entry } | { readonly document: Envelope } | { readonly seal: SealDocument };

export interface CeremonyLog {
  readonly header: LogHeader;
  readonly items: readonly LogItem[];
}

const entryLine = z.strictObject({ entry: entrySchema });
const envelopeLine = z.union([
  z.strictObject({ document: z.unknown() }),
  z.strictObject({ seal: z.unknown() }),
]);

/** What stands around the envelope in a line: `{"document":` and `}`. */
const around = (key: 'document' | 'seal') => key.length + '{"":}'.length;

function readLine(line: Uint8Array) {
  const json = decodeJson(line);
  const isEntry = typeof json === 'object' && json !== null && 'entry' in json;
  if (!isEntry) return envelopeLine.parse(json);
  const { entry } = json;
  const isPlain = Object.keys(json).length === 1 && isPlainEntry(entry);
  return isPlain ? { entry } : entryLine.parse(json);
}

export function logHeader(facts: Omit<LogHeader, 'conclave' | 'version'>): LogHeader {
  return { conclave: 'ceremony-log', version: 1, ...facts };
}

export function entries(log: CeremonyLog): Entry[] {
  return log.items.flatMap((item) => ('entry' in item ? [item.entry] : []));
}

/** The hash of the last entry. */
export function head(log: CeremonyLog): string {
  const all = entries(log);
  return all[all.length - 1]?.hash ?? GENESIS;
}

export function encodeLogLine(item: LogItem | LogHeader): Uint8Array {
  const json =
    'entry' in item
      ? item
      : 'document' in item
        ? { document: envelopeToJson(item.document) }
        : 'seal' in item
          ? { seal: envelopeToJson(item.seal.envelope) }
          : item;
  return concatBytes(encodeJson(json), utf8ToBytes('\n'));
}

export function encodeLog(log: CeremonyLog): Uint8Array {
  return concatBytes(encodeLogLine(log.header), ...log.items.map(encodeLogLine));
}

/**
 * Untrusted bytes to a log whose chain and seals fit together. *Who* sealed it, and whether they
 * may, is `verifyLog`'s matter (transcript/verify.ts).
 */
export function parseLog(bytes: Uint8Array): CeremonyLog {
  const what = 'ceremony log';
  if (bytes.length === 0) throw refuseDocument('document-empty', what);
  if (bytes.length > LOG_LIMIT) throw refuseDocument('document-too-large', what, LOG_LIMIT);
  const lines = splitLines(bytes);
  const header = orRefuse(
    () => headerSchema.parse(decodeJson(lines[0] ?? new Uint8Array())),
    () => refuseDocument('document-damaged', what),
  );
  const items: LogItem[] = [];
  let last: Entry | undefined;
  for (const [at, line] of lines.slice(1).entries()) {
    const number = at + 2;
    const damaged = () => refuseTranscript('transcript-damaged', number);
    const json = orRefuse(() => readLine(line), damaged);
    if ('entry' in json) {
      checkLink(header, last, json.entry);
      last = json.entry;
      items.push(json);
    } else if ('seal' in json) {
      const seal = sealType.parseEnvelope(
        envelopeFromJson(json.seal, line.length - around('seal'), 'transcript-seal'),
        header.mode,
      );
      const { ceremonyId, entries: covered, head: sealedHead } = seal.body;
      if (
        ceremonyId !== header.ceremonyId ||
        last === undefined ||
        covered !== last.n + 1 ||
        sealedHead !== last.hash
      ) {
        throw refuseTranscript('transcript-seal-wrong', last?.n ?? 0);
      }
      items.push({ seal });
    } else {
      const size = line.length - around('document');
      items.push({ document: envelopeFromJson(json.document, size, 'document') });
    }
  }
  return { header, items };
}

function checkLink(header: LogHeader, last: Entry | undefined, entry: Entry): void {
  const paths = entry.leaves.map(({ path }) => path);
  const ordered = paths.every((path, at) => at === 0 || (paths[at - 1] ?? '') < path);
  if (
    !ordered ||
    entry.n !== (last === undefined ? 0 : last.n + 1) ||
    entry.previous !== (last?.hash ?? GENESIS) ||
    entry.hash !== entryHash(header, entry)
  ) {
    throw refuseTranscript('transcript-broken-chain', entry.n);
  }
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, at));
    start = at + 1;
  }
  if (start !== bytes.length) throw refuseTranscript('transcript-damaged', lines.length + 1);
  return lines;
}
