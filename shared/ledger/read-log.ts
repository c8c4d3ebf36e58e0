/**
 * What one ceremony log says for the ledger.
 * @module
 */
import { bundleType } from '../bundle/bundle.ts';
import { receiptType, type ReceiptDocument } from '../bundle/receipt.ts';
import { readPayloadType } from '../encoding/document.ts';
import {
  isKeyMedium,
  manifestType,
  mediaPolicySchema,
  mediumKind,
  type ManifestDocument,
  type MediumKind,
} from '../sharing/manifest.ts';
import type { MediaPolicy } from '../sharing/media-policy.ts';
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { entries, makesSet, type CeremonyKind, type CeremonyLog } from '../transcript/log.ts';
import { facts, type Facts } from './entry-facts.ts';
import type { CeremonyStanding, LedgerCeremony } from './ledger.ts';
import { readEnvelopes, type EnvelopeFacts } from './read-envelopes.ts';
import { readNewLegacy, type NewLegacyMade } from './read-new-legacy.ts';
import { readSlots, type RegisteredSlot } from './read-slots.ts';
import { slotInWords } from './slot-words.ts';

/** A share was seen to be readable. */
export interface Proof {
  readonly index: number;
  readonly at: string;
  /** `nonce`: it signed a nonce of sync; `word`: the laptop says that it was read; `not`: it was not. */
  readonly how: 'nonce' | 'word' | 'not';
  /** Of the set that was made in this ceremony; else of the one whose shares were given. */
  readonly isMade: boolean;
}

/** A set as its split log describes it, with or without a manifest. */
export interface SplitFacts {
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
  readonly keyVersion: string;
  readonly threshold: number;
  readonly count: number;
  readonly custodians: ReadonlyMap<number, string>;
  readonly media: ReadonlyMap<number, readonly { kind: MediumKind; description: string }[]>;
  readonly policy: MediaPolicy | null;
  /** Writes that were begun and never reported as done: where to look, by share. */
  readonly unfinished: ReadonlyMap<number, { readonly kind: MediumKind; readonly where: string }>;
  /** Slots of YubiKeys that open its shares. */
  readonly slots: readonly RegisteredSlot[];
  /** Of an adoption: what of before opens the key as well, in words. */
  readonly legacy: string | null;
}

/** What a destruction did, with the set that it was about. */
export interface DestroyFacts {
  readonly setId: string;
  readonly generation: number;
  readonly media: readonly { readonly index: number; readonly description: string }[];
  readonly slots: readonly {
    readonly index: number;
    readonly serial: number | null;
    /** Null: it was left where nobody knew which one. */
    readonly slot: 1 | 2 | null;
  }[];
  /** Numbers of legacy shares; 0: the component that was never split. */
  readonly legacy: readonly number[];
  /** New legacy shares, by number and what each lay on. */
  readonly newLegacy: readonly { readonly number: number; readonly description: string }[];
}

/** What an adoption was given. */
export interface LegacyFacts {
  readonly given: readonly {
    readonly numbers: readonly number[];
    readonly by: string;
    readonly source: string;
  }[];
  /** The key opened a stored survey key. */
  readonly proved: boolean;
  readonly made: NewLegacyMade | null;
}

export interface LogFacts {
  readonly log: CeremonyLog;
  readonly ceremony: LedgerCeremony;
  readonly manifests: readonly ManifestDocument[];
  readonly split: SplitFacts | null;
  readonly proofs: readonly Proof[];
  /** When sync's half fitted the set whose shares are given here; null: it was not compared. */
  readonly vaultCheckedAt: string | null;
  readonly destroyed: DestroyFacts | null;
  readonly legacy: LegacyFacts | null;
  readonly envelopes: EnvelopeFacts;
}

/** `receipts`: verified ones from elsewhere, which count like those in the log. */
export function readLog(
  log: CeremonyLog,
  receipts: readonly ReceiptDocument[],
  running: string | null,
): LogFacts {
  const all = entries(log);
  const of = (kind: EntryKind) => all.filter((entry) => fact(entry, 'kind') === kind);
  const isMadeHere = of('bundle-made').length > 0 || documents(log, 'bundle').length > 0;
  const isDestruction = log.header.kind === 'destroy';
  const [closed] = of('ceremony-closed');
  const ended = closed === undefined ? null : facts(closed).text('outcome');
  // Where sync's half was compared and no more, nobody answers either.
  const outcome =
    isDestruction || ended === 'compared'
      ? ended
      : outcomeOf(log, of('receipt-imported'), receipts);
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
          : title(
              kind,
              split,
              facts(
                [...of('facts-agreed'), ...of('organisation-agreed'), ...of('drill-agreed')][0],
              ),
            ),
      startedAt: facts(all[0]).text('at'),
      lastAt: facts(all[all.length - 1]).text('at'),
      standing,
      outcome,
      destroy: isDead && makesSet(kind) ? mediaToDestroy(declared, split, readNewLegacy(of)) : [],
    },
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
  };
}

function documents(log: CeremonyLog, what: string) {
  return log.items.flatMap((item) =>
    'document' in item && readPayloadType(item.document.payloadType)?.what === what
      ? [item.document]
      : [],
  );
}

/** Committed, refused, expired or objected; from the log, else from a receipt of this bundle. */
function outcomeOf(
  log: CeremonyLog,
  imported: readonly Entry[],
  receipts: readonly ReceiptDocument[],
): string | null {
  const [first] = imported;
  if (first !== undefined) return facts(first).text('outcome');
  const { mode, ceremonyId } = log.header;
  const inLog = documents(log, 'receipt').map((envelope) =>
    receiptType.parseEnvelope(envelope, mode),
  );
  const bundles = documents(log, 'bundle').map(
    (envelope) => bundleType.parseEnvelope(envelope, mode).digest,
  );
  const mine = [...inLog, ...receipts].find(
    ({ body }) =>
      body.mode === mode &&
      (body.ceremonyId === ceremonyId ||
        (body.bundleDigest !== null && bundles.includes(body.bundleDigest))),
  );
  return mine?.body.outcome ?? null;
}

function readSplit(of: (kind: EntryKind) => readonly Entry[]): SplitFacts | null {
  const [made] = of('component-split');
  if (made === undefined) return null;
  const plan = facts(of('plan-agreed').at(-1));
  const split = facts(made);
  const custodians = new Map<number, string>();
  const media = new Map<number, { kind: MediumKind; description: string }[]>();
  const unfinished = new Map<number, { kind: MediumKind; where: string }>();
  const slots = readSlots(of);
  for (const entry of [...of('share-writing'), ...of('share-written')].sort((a, b) => a.n - b.n)) {
    const { text, number } = facts(entry);
    if (text('kind') === 'share-writing') {
      const kind = mediumKind(text('medium'));
      unfinished.set(number('index'), {
        kind,
        where: `${placeOf(kind, slots.find(isOf(number('index'))))}, not finished: look for it`,
      });
    } else {
      unfinished.delete(number('index'));
    }
    custodians.set(number('index'), text('custodian'));
  }
  for (const entry of of('share-written')) {
    const { text, number } = facts(entry);
    const index = number('index');
    custodians.set(index, text('custodian'));
    const kind = mediumKind(text('medium'));
    media.set(index, [...(media.get(index) ?? []), { kind, description: text('description') }]);
  }
  return {
    setId: split.text('setId'),
    generation: split.number('generation'),
    label: plan.text('label'),
    keyVersion: plan.text('keyVersion'),
    threshold: split.number('threshold'),
    count: split.number('count'),
    custodians,
    media,
    policy: policyOf(of('plan-agreed')[0]),
    unfinished,
    slots,
    legacy: facts(of('key-restored')[0]).text('legacy') || null,
  };
}

/** What was given and not taken back, and whether what came out was proved. */
function readLegacy(of: (kind: EntryKind) => readonly Entry[]): LegacyFacts {
  let given: LegacyFacts['given'] = [];
  for (const entry of [...of('legacy-given'), ...of('legacy-taken-back')].sort(
    (a, b) => a.n - b.n,
  )) {
    const { text } = facts(entry);
    const numbers = legacyNumbers(text('numbers'));
    if (text('kind') === 'legacy-given') {
      given = [...given, { numbers, by: text('by'), source: text('source') }];
    } else {
      given = given.filter((one) => !one.numbers.some((number) => numbers.includes(number)));
    }
  }
  const proved = of('legacy-proved').at(-1);
  return {
    given,
    proved: proved !== undefined && fact(proved, 'proof') === 'escrow',
    made: readNewLegacy(of),
  };
}

/** `1, 3`; `whole` is 0. */
const legacyNumbers = (text: string): number[] =>
  text === 'whole' ? [0] : text.split(', ').map(Number);

/** Null before anybody agreed to it. */
function readDestroyed(of: (kind: EntryKind) => readonly Entry[]): DestroyFacts | null {
  const [agreed] = of('destruction-agreed');
  if (agreed === undefined) return null;
  const { text, number } = facts(agreed);
  const erased = of('slot-erased').filter((entry) => fact(entry, 'empty') === true);
  return {
    setId: text('setId'),
    generation: number('generation'),
    legacy: of('legacy-destroyed')
      .filter((entry) => fact(entry, 'written') === undefined)
      .map((entry) => facts(entry).number('number')),
    newLegacy: of('legacy-destroyed')
      .filter((entry) => fact(entry, 'written') !== undefined)
      .map((entry) => ({
        number: facts(entry).number('number'),
        description: facts(entry).text('description'),
      })),
    media: of('medium-destroyed').map((entry) => ({
      index: facts(entry).number('index'),
      description: facts(entry).text('description'),
    })),
    slots: [...erased, ...of('slot-left')].map((entry) => {
      const serial = fact(entry, 'serial');
      return {
        index: facts(entry).number('index'),
        serial: typeof serial === 'number' ? serial : null,
        slot: slotIn(entry),
      };
    }),
  };
}

function slotIn(entry: Entry): 1 | 2 | null {
  const slot = fact(entry, 'slot');
  return slot === undefined ? null : slot === 1 ? 1 : 2;
}

/** Null where none was agreed, or where a leaf of it was withheld. */
function policyOf(plan: Entry | undefined): MediaPolicy | null {
  if (plan === undefined) return null;
  const policy = mediaPolicySchema.safeParse({
    allowed: facts(plan).text('policy.allowed').split(', '),
    kinds: fact(plan, 'policy.kinds'),
    apart: fact(plan, 'policy.apart'),
  });
  return policy.success ? policy.data : null;
}

const isOf = (wanted: number) => (slot: RegisteredSlot) => slot.perhaps && slot.index === wanted;

/** What an interrupted writing may have left behind. */
function placeOf(kind: MediumKind, announced: RegisteredSlot | undefined): string {
  if (kind === 'paper') return 'a sheet';
  if (!isKeyMedium(kind)) return 'a stick';
  return announced === undefined
    ? 'a YubiKey and its stick or sheet'
    : `${slotInWords(announced)}, and its stick or sheet`;
}

function destructionTitle(agreed: Facts, outcome: string | null): string {
  const label = agreed.text('label');
  const what =
    label === ''
      ? 'Destruction of what is over'
      : agreed.text('standing') === 'legacy'
        ? `Destruction of the legacy shares, set ${label}`
        : `Destruction of the set ${label}`;
  return outcome === 'interrupted' ? `${what}, interrupted` : what;
}

const MAKING = {
  split: 'New platform key',
  adopt: 'Adoption of the platform key',
  rotate: 'New shares of the platform key',
} as const;

function title(kind: CeremonyKind, split: SplitFacts | null, agreed: Facts): string {
  if (kind === 'roster') return 'Change of who takes part';
  if (makesSet(kind)) {
    const what = MAKING[kind];
    return split === null ? what : `${what} ${split.keyVersion}, set ${split.label}`;
  }
  const organisation = agreed.text('organisationId');
  if (kind === 'migrate-organisation') {
    return organisation === ''
      ? 'New passphrase of an organisation'
      : `New passphrase of organisation ${organisation}`;
  }
  if (kind === 'drill') {
    const label = agreed.text('label');
    return label === '' ? 'Drill' : `Drill of the set ${label}`;
  }
  const survey = agreed.text('surveyId');
  if (survey === '') return 'Recovery of a survey key';
  const whose = organisation === '' ? '' : `, organisation ${organisation}`;
  return `Recovery of survey ${survey} for user ${agreed.text('userId')}${whose}`;
}

/** The list that was declared, or else every medium that was written. */
function mediaToDestroy(
  declared: Entry | undefined,
  split: SplitFacts | null,
  newLegacy: NewLegacyMade | null,
): string[] {
  const listed = (declared?.leaves ?? [])
    .filter(({ path }) => path.startsWith('medium.'))
    .sort((a, b) => Number(a.path.slice(7)) - Number(b.path.slice(7)))
    .map((leaf) => ('withheld' in leaf ? '(withheld)' : String(leaf.value)));
  if (split === null) return listed;
  const inWords = (index: number, where: string) =>
    `share ${index} of ${split.count}, ${split.custodians.get(index) ?? ''}, ${where}`;
  if (listed.length > 0) {
    // Who declared it saw no more of such a key than that its medium was not finished.
    const slots = split.slots
      .filter((slot) => slot.perhaps)
      .map((slot) => ({ slot, named: slotInWords(slot) }));
    const unnamed = slots.filter(({ named }) => !listed.some((one) => one.includes(named)));
    return [...listed, ...unnamed.map(({ slot, named }) => inWords(slot.index, named))];
  }
  return [
    ...[...split.media].flatMap(([index, media]) =>
      media.map(({ description }) => inWords(index, description)),
    ),
    ...[...split.unfinished].map(([index, { where }]) => inWords(index, where)),
    ...(newLegacy?.written ?? []).map(
      ({ number, by, description }) => `new legacy share ${number}, ${by}, ${description}`,
    ),
  ];
}
