/**
 * What differs between new shares of the platform key in use, a new platform key beside it, and another
 * share set of the one in use.
 * @module
 */
import type { PackageKind } from '../../bundle/package.ts';
import { changeInWords } from '../../identity/roster-change.ts';
import type { Facts } from '../../transcript/entry.ts';
import type { Effect } from '../effects.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import { changesWith } from './people.ts';
import type { RotateState } from './state.ts';

interface RotationKind {
  readonly packageKind: PackageKind;
  readonly title: string;
  /** Sync's half comes sealed to a ticket, and is compared before the first share is asked for. */
  readonly bringsHalf: boolean;
  /** A package may be brought to compare the vault component in it, and no more. */
  readonly mayCompare: boolean;
  /** The lines between the package and the new shares, but for the shares that are given. */
  readonly lines: { readonly agree: string; readonly given: string; readonly make: string };
  /** While the worker makes the new halves. */
  readonly making: string;
  /** How what is split is called in the transcript. */
  readonly made: 'key-renewed' | 'key-made' | 'component-restored';
  /** Before the first share: what everybody agreed to. */
  agreed(state: RotateState, rotate: RotatePackageFacts): Effect;
  /** What a share of the set in force was given for. */
  purpose(rotate: RotatePackageFacts, label: string): string;
  /**
   * What was done with the shares that were given; one sentence.
   * @param gave `shares 1, 2, 4 of the set 2026 A`
   */
  done(rotate: RotatePackageFacts, gave: string): string;
}

const restored = ({ keyVersion }: RotatePackageFacts, gave: string) =>
  `The platform key of version ${keyVersion} was restored from ${gave}, checked`;

export const ROTATIONS: Readonly<Record<RotateState['ceremony'], RotationKind>> = {
  rotate: {
    packageKind: 'rotate-shares',
    title: 'New shares of the platform key',
    bringsHalf: true,
    mayCompare: true,
    lines: {
      agree: 'Agree what ends and what comes',
      given: 'Old share',
      make: 'Make new halves and split',
    },
    making: 'Restoring the platform key and making its halves anew',
    made: 'key-renewed',
    agreed: (state, rotate) => ({
      effect: 'record',
      kind: 'rotation-agreed',
      facts: {
        label: rotate.setLabel,
        replaces: { type: 'digest', value: rotate.manifestDigest },
        ...joinedFacts('ends', rotate),
        ...rosterFacts(state, rotate),
      },
    }),
    purpose: (_rotate, label) => `to make new shares of the same platform key, the set ${label}`,
    done: (rotate, gave) => `${restored(rotate, gave)}, and got new halves.`,
  },
  'new-version': {
    packageKind: 'new-version',
    title: 'New platform key, beside the one in use',
    bringsHalf: true,
    mayCompare: false,
    lines: {
      agree: 'Agree what comes and what goes on',
      given: 'Present share',
      make: 'Make the new platform key and split',
    },
    making: 'Proving the platform key in use, wiping it, and making another one',
    made: 'key-made',
    agreed: (state, rotate) => ({
      effect: 'record',
      kind: 'version-agreed',
      facts: {
        keyVersion: rotate.keyVersion,
        nextVersion: rotate.nextVersion ?? '',
        label: rotate.setLabel,
        beside: { type: 'digest', value: rotate.manifestDigest },
        ...rosterFacts(state, rotate),
      },
    }),
    purpose: ({ keyVersion, nextVersion }, label) =>
      `to show the platform key of version ${keyVersion} before another one is made, version ${nextVersion ?? ''}, the set ${label}`,
    done: (rotate, gave) =>
      `${restored(rotate, gave)} and wiped; then a new platform key of version ${rotate.nextVersion ?? ''} was made.`,
  },
  'add-set': {
    packageKind: 'add-set',
    title: 'Another set of the same platform key',
    bringsHalf: false,
    mayCompare: false,
    lines: {
      agree: 'Agree who can open the key as well',
      given: 'Present share',
      make: 'Put the shares together and split anew',
    },
    making: 'Putting the shares together and checking what they give',
    made: 'component-restored',
    agreed: (state, rotate) => ({
      effect: 'record',
      kind: 'set-agreed',
      facts: {
        keyVersion: rotate.keyVersion,
        label: rotate.setLabel,
        beside: { type: 'digest', value: rotate.manifestDigest },
        ...joinedFacts('joined', rotate),
        ...rosterFacts(state, rotate),
      },
    }),
    purpose: ({ keyVersion }, label) =>
      `so that another set, ${label}, opens the platform key of version ${keyVersion} as well`,
    done: ({ keyVersion }, gave) =>
      `What custodians hold of the platform key of version ${keyVersion} was put together from ${gave}, checked, and split once more; the key itself was not there.`,
  },
};

/** The other sets that open the same key, one leaf each. */
function joinedFacts(path: 'ends' | 'joined', { joined }: RotatePackageFacts): Facts {
  return Object.fromEntries(joined.map(({ label }, at) => [`${path}.${at + 1}`, label]));
}

/** The roster that comes with the set, and who changes. */
function rosterFacts({ plan, keys }: RotateState, rotate: RotatePackageFacts): Facts {
  const changes = plan === null ? [] : changesWith(plan, rotate, keys);
  return {
    serial: rotate.serial + 1,
    previous: { type: 'digest', value: rotate.rosterDigest },
    ...Object.fromEntries(changes.map((change, at) => [`change.${at + 1}`, changeInWords(change)])),
  };
}
