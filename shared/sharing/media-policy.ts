/**
 * The rule of a share set for its media: which are allowed, how many kinds at least, and whether two
 * custodians may have the same. One cause (a batch of bad sticks, a lost cabinet of paper, a fault in
 * a make of keys) then takes fewer shares than the threshold. Pure; asked before anything is written.
 * @module
 */
import { Refusal, refusals } from '../refusal.ts';
import { MEDIA_KINDS, MEDIUM_NAMES, type MediumKind } from './media-kinds.ts';

export interface MediaPolicy {
  /** On which a share may lie; each once. */
  readonly allowed: readonly MediumKind[];
  /** How many kinds of media all shares together lie on, at least. */
  readonly kinds: number;
  /** No two custodians have a medium of the same kind. */
  readonly apart: boolean;
}

/** A custodian with everything that his share lies on, or is going to. */
export interface Holder {
  readonly name: string;
  readonly media: readonly MediumKind[];
}

const nothing = 'Nothing was written.';

export const refusePolicy = refusals({
  'policy-impossible': (wanted: number, allowed: readonly MediumKind[]) => ({
    happened: `The rule for the media wants ${kindsOf(wanted)} and allows ${allowed.length === 0 ? 'none' : mediaInWords(allowed)}.`,
    means: `Nobody can keep such a rule. ${nothing}`,
    next: 'Allow more media, or ask for fewer kinds.',
  }),
  'policy-medium': (name: string, medium: MediumKind, allowed: readonly MediumKind[]) => ({
    happened: `${name} would have the share on ${MEDIUM_NAMES[medium]}.`,
    means: `The rule of this set allows ${mediaInWords(allowed)} only. ${nothing}`,
    next: `Choose another medium for ${name}. The rule itself can be changed only in the plan, before people sit down.`,
    culprit: `${name}: ${MEDIUM_NAMES[medium]}`,
  }),
  'policy-same-kind': (name: string, other: string, medium: MediumKind) => ({
    happened: `${name} and ${other} would both have their shares on ${MEDIUM_NAMES[medium]}.`,
    means: `The rule of this set wants no two custodians on the same kind of medium. ${nothing}`,
    next: 'Choose another medium for one of them. The rule itself can be changed only in the plan, before people sit down.',
    culprit: `${name}: ${MEDIUM_NAMES[medium]}`,
  }),
  'policy-kinds': (wanted: number, found: readonly MediumKind[]) => ({
    happened: `The shares would lie on ${kindsOf(found.length)} only: ${mediaInWords(found)}.`,
    means: `The rule of this set wants at least ${kindsOf(wanted)}. ${nothing}`,
    next: 'Choose another medium for at least one custodian. The rule itself can be changed only in the plan, before people sit down.',
    culprit: mediaInWords(found),
  }),
});

/** What is wrong with these media under the rule, the first thing by name; null when nothing is. */
export function policyFault(
  { allowed, kinds, apart }: MediaPolicy,
  holders: readonly Holder[],
): Refusal | null {
  if (kinds > new Set(allowed).size) return refusePolicy('policy-impossible', kinds, allowed);
  const holderOf = new Map<MediumKind, string>();
  for (const { name, media } of holders) {
    for (const medium of new Set(media)) {
      if (!allowed.includes(medium)) return refusePolicy('policy-medium', name, medium, allowed);
      const other = holderOf.get(medium);
      if (apart && other !== undefined)
        return refusePolicy('policy-same-kind', name, other, medium);
      holderOf.set(medium, name);
    }
  }
  const found = MEDIA_KINDS.filter((kind) => holderOf.has(kind));
  return found.length < kinds ? refusePolicy('policy-kinds', kinds, found) : null;
}

/** `Allowed: paper, USB stick. At least 2 kinds. No two custodians on the same kind.` */
export function policyInWords({ allowed, kinds, apart }: MediaPolicy): string {
  return [
    `Allowed: ${mediaInWords(allowed)}.`,
    ...(kinds > 1 ? [`At least ${kindsOf(kinds)}.`] : []),
    ...(apart ? ['No two custodians on the same kind.'] : []),
  ].join(' ');
}

/** As in a list of leaves; in the order of {@link MEDIA_KINDS}. */
function mediaInWords(media: readonly MediumKind[]): string {
  return MEDIA_KINDS.filter((kind) => media.includes(kind))
    .map((kind) => MEDIUM_NAMES[kind])
    .join(', ');
}

const kindsOf = (count: number) => `${count} ${count === 1 ? 'kind' : 'kinds'}`;
