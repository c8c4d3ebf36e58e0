/**
 * What one ceremony log says for the ledger.
 * @module
 */
import { bundleType } from '../bundle/bundle.ts';
import { receiptType, type ReceiptDocument } from '../bundle/receipt.ts';
import { readPayloadType } from '../encoding/document.ts';
import { manifestType, type ManifestDocument } from '../sharing/manifest.ts';
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { entries, makesSet, type CeremonyLog } from '../transcript/log.ts';
import { facts } from './entry-facts.ts';
import type { CeremonyStanding, LedgerCeremony } from './ledger.ts';
import { readDestroyed, type DestroyFacts } from './read-destroyed.ts';
import { readEnvelopes, type EnvelopeFacts } from './read-envelopes.ts';
import { readLegacy, type LegacyFacts } from './read-legacy.ts';
import { readNewLegacy } from './read-new-legacy.ts';
import { mediaToDestroy, readSplit, type SplitFacts } from './read-split.ts';
import { destructionTitle, title } from './titles.ts';
import { toldOfVersions, type VersionTold } from './version-use.ts';

/** A share was seen to be readable. */
export interface Proof {
  readonly index: number;
  readonly at: string;
  /** `nonce`: it signed a nonce of sync; `word`: the laptop says that it was read; `not`: it was not. */
  readonly how: 'nonce' | 'word' | 'not';
  /** Of the set that was made in this ceremony; else of the one whose shares were given. */
  readonly isMade: boolean;
}

export interface LogFacts {
  readonly log: CeremonyLog;
  readonly ceremony: LedgerCeremony;
  /** When sync answered its bundle, by sync's clock, UTC; null: it did not, as far as is known here. */
  readonly answeredAt: string | null;
  readonly manifests: readonly ManifestDocument[];
  readonly split: SplitFacts | null;
  readonly proofs: readonly Proof[];
  /** When sync's half fitted the set whose shares are given here; null: it was not compared. */
  readonly vaultCheckedAt: string | null;
  readonly destroyed: DestroyFacts | null;
  readonly legacy: LegacyFacts | null;
  readonly envelopes: EnvelopeFacts;
  /** Which version is active, by its bundle, where sync committed that; else null. */
  readonly versions: VersionTold | null;
}

/** What everybody agreed to, where no set is made: a ceremony has one of them. */
const AGREED = [
  'facts-agreed',
  'organisation-agreed',
  'drill-agreed',
  'check-agreed',
  'activation-agreed',
  'retirement-agreed',
  'move-agreed',
] as const satisfies readonly EntryKind[];

/** `receipts`: verified ones from elsewhere, which count like those in the log. */
export function readLog(
  log: CeremonyLog,
  receipts: readonly ReceiptDocument[],
  running: string | null,
): LogFacts {
  const all = entries(log);
  const byKind = kindsOf(all);
  const of = (kind: EntryKind) => byKind.get(kind) ?? [];
  const isMadeHere = of('bundle-made').length > 0 || documents(log, 'bundle').length > 0;
  const isDestruction = log.header.kind === 'destroy';
  const answer = receiptOf(log, receipts);
  const [closed] = of('ceremony-closed');
  const ended = closed === undefined ? null : facts(closed).text('outcome');
  // Where sync's half was compared and no more, or shares were read without sync, nobody answers either.
  const outcome =
    isDestruction || ended === 'compared' || ended === 'checked'
      ? ended
      : outcomeOf(of('receipt-imported'), answer);
  const split = readSplit(of);
  const [declared] = of('declared-void');
  const standing = ((): CeremonyStanding => {
    if (declared !== undefined) return 'void';
    if (outcome !== null) return 'closed';
    if (log.header.ceremonyId === running) return 'running';
    return isMadeHere ? 'waiting-for-receipt' : 'interrupted';
  })();
  const isDead =
    standing === 'void' ||
    standing === 'interrupted' ||
    (outcome !== null && outcome !== 'committed');
  const { mode, kind, ceremonyId } = log.header;
  return {
    log,
    ceremony: {
      ceremonyId,
      mode,
      kind,
      title: isDestruction
        ? destructionTitle(facts(of('destruction-agreed')[0]), outcome)
        : ended === 'compared'
          ? 'Sync’s half of the platform key was compared'
          : of('check-agreed').length > 0
            ? `Check without sync of the set ${facts(of('check-agreed')[0]).text('label')}`
            : title(kind, split, facts(AGREED.flatMap((one) => of(one))[0])),
      startedAt: facts(all[0]).text('at'),
      lastAt: facts(all[all.length - 1]).text('at'),
      standing,
      outcome,
      destroy: isDead && makesSet(kind) ? mediaToDestroy(declared, split, readNewLegacy(of)) : [],
    },
    answeredAt: answer?.body.at ?? null,
    manifests: documents(log, 'share-set').map((envelope) =>
      manifestType.parseEnvelope(envelope, mode),
    ),
    split: makesSet(kind) ? split : null,
    proofs: (
      [
        ['share-read-back', 'word', true],
        ['share-accepted', 'word', false],
        ['share-proved', 'nonce', false],
        ['share-not-proved', 'not', false],
      ] as const
    ).flatMap(([entryKind, how, isMade]) =>
      of(entryKind).map((entry) => ({
        index: facts(entry).number('index'),
        at: facts(entry).text('at'),
        how,
        isMade,
      })),
    ),
    vaultCheckedAt:
      of('vault-component-checked')
        .map(facts)
        .filter(({ yes }) => yes('fits'))
        .map(({ text }) => text('at'))
        .at(-1) ?? null,
    destroyed: isDestruction ? readDestroyed(of) : null,
    legacy: kind === 'adopt' ? readLegacy(of) : null,
    envelopes: readEnvelopes(of),
    versions: outcome === 'committed' && answer !== null ? versionsTold(log, answer) : null,
  };
}

/** SECURITY: by the bundle that the receipt names, and no other that lies there. */
function versionsTold(log: CeremonyLog, { body: answer }: ReceiptDocument): VersionTold | null {
  const [bundle] = documents(log, 'bundle')
    .map((envelope) => bundleType.parseEnvelope(envelope, log.header.mode))
    .filter(({ digest }) => digest === answer.bundleDigest);
  return bundle === undefined || answer.outcome !== 'committed'
    ? null
    : toldOfVersions(bundle.body, answer.at);
}

function kindsOf(all: readonly Entry[]): ReadonlyMap<unknown, readonly Entry[]> {
  const byKind = new Map<unknown, Entry[]>();
  for (const entry of all) {
    const kind = fact(entry, 'kind');
    const before = byKind.get(kind);
    if (before === undefined) byKind.set(kind, [entry]);
    else before.push(entry);
  }
  return byKind;
}

function documents(log: CeremonyLog, what: string) {
  return log.items.flatMap((item) =>
    'document' in item && readPayloadType(item.document.payloadType)?.what === what
      ? [item.document]
      : [],
  );
}

/** Committed, refused, expired or objected; as the log says, else as the receipt does. */
function outcomeOf(imported: readonly Entry[], answer: ReceiptDocument | null): string | null {
  const [first] = imported;
  if (first !== undefined) return facts(first).text('outcome');
  return answer?.body.outcome ?? null;
}

/** What sync answered to the bundle of this log, in the log itself or elsewhere. */
function receiptOf(log: CeremonyLog, receipts: readonly ReceiptDocument[]): ReceiptDocument | null {
  const { mode, ceremonyId } = log.header;
  const inLog = documents(log, 'receipt').map((envelope) =>
    receiptType.parseEnvelope(envelope, mode),
  );
  const all = [...inLog, ...receipts].filter(({ body }) => body.mode === mode);
  const named = all.find(({ body }) => body.ceremonyId === ceremonyId);
  if (named !== undefined) return named;
  const bundles = documents(log, 'bundle').map(
    (envelope) => bundleType.parseEnvelope(envelope, mode).digest,
  );
  return (
    all.find(({ body }) => body.bundleDigest !== null && bundles.includes(body.bundleDigest)) ??
    null
  );
}
