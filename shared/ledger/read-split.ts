/**
 * The set that a ceremony log says was made: its shares, where they lie, and what is to be destroyed.
 * @module
 */
import {
  isKeyMedium,
  mediaPolicySchema,
  mediumKind,
  type MediumKind,
} from '../sharing/manifest.ts';
import type { MediaPolicy } from '../sharing/media-policy.ts';
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';
import type { NewLegacyMade } from './read-new-legacy.ts';
import { readSlots, type RegisteredSlot } from './read-slots.ts';
import { slotInWords } from './slot-words.ts';

/** A set as the log of its split or its refresh describes it, with or without a manifest. */
export interface SplitFacts {
  readonly setId: string;
  readonly generation: number;
  readonly label: string;
  readonly keyVersion: string;
  /** Null where its log does not say: a refresh never has the component. */
  readonly componentId: string | null;
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

export function readSplit(of: (kind: EntryKind) => readonly Entry[]): SplitFacts | null {
  const [refreshed] = of('refresh-agreed');
  const made = of('component-split')[0] ?? refreshed;
  if (made === undefined) return null;
  const plan = facts(refreshed ?? of('plan-agreed').at(-1));
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
    componentId: componentIn(of),
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

function componentIn(of: (kind: EntryKind) => readonly Entry[]): string | null {
  const [key] = KEYS.flatMap((kind) => of(kind));
  return facts(key).text('componentId') || null;
}

/** How the key that was split came to be. */
const KEYS = [
  'key-made',
  'key-restored',
  'key-renewed',
  'component-restored',
] as const satisfies readonly EntryKind[];

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

/** The list that was declared, or else every medium that was written. */
export function mediaToDestroy(
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
