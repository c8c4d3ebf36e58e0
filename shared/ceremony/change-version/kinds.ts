/**
 * What differs between putting another key version to use and retiring one.
 * @module
 */
import type { Effect } from '../effects.ts';
import type { VersionChange, VersionChangePackageFacts } from '../package-facts.ts';

interface ChangeKind {
  readonly title: string;
  /** The line on the left where everybody reads what would be so. */
  readonly agree: string;
  /** Before the first share: what everybody agreed to. */
  agreed(facts: VersionChangePackageFacts): Effect;
  /** What is signed for, after "to sign that". */
  outcome(facts: VersionChangePackageFacts): string;
}

export const VERSION_CHANGES: Readonly<Record<VersionChange, ChangeKind>> = {
  activate: {
    title: 'Put another key version to use',
    agree: 'Agree which version is put to use',
    agreed: (facts) => ({
      effect: 'record',
      kind: 'activation-agreed',
      facts: { activates: facts.version, ...sharedFacts(facts) },
    }),
    outcome: ({ keyVersion, version }) =>
      `key version ${version} is put to use in the place of ${keyVersion}`,
  },
  retire: {
    title: 'Retire a key version',
    agree: 'Agree which version is retired',
    agreed: (facts) => ({
      effect: 'record',
      kind: 'retirement-agreed',
      facts: { retires: facts.version, ...sharedFacts(facts) },
    }),
    outcome: ({ version }) => `key version ${version} is retired`,
  },
};

function sharedFacts({ keyVersion, setLabel, other, further, stored }: VersionChangePackageFacts) {
  return {
    keyVersion,
    label: setLabel,
    otherLabel: other.label,
    otherSet: { type: 'digest' as const, value: other.manifestDigest },
    ...Object.fromEntries(further.map(({ label }, at) => [`further.${at + 1}`, label])),
    ...(stored === null ? {} : { storedUnder: stored.active, storedUnderOther: stored.other }),
  };
}
