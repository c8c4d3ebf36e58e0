/**
 * With which of several share sets of a key version a ceremony is held: asked where there are several, and
 * nowhere else.
 * @module
 */
import { type ReactNode, useState } from 'react';
import { nameOf } from '../../../shared/ledger/generations.ts';
import { Choices } from '../../../ui/Choices.tsx';
import type { VersionAnswer, VersionsAnswer } from '../../routes/version-answers.ts';
import { useLive } from '../lib/live.tsx';

/** What is said of one. */
export type OneSet = Pick<
  VersionAnswer['sets'][number],
  'label' | 'setId' | 'generation' | 'threshold' | 'count'
>;

interface Which {
  /** Whether one has to be chosen still. */
  readonly isOpen: boolean;
  /** As sync takes it. */
  readonly body: { readonly set?: string };
  /** To choose by; null where there is nothing to choose. */
  readonly choice: ReactNode;
}

const LABEL = 'The share set whose custodians come';

/** @param sets those of the key version */
export function useWhichSet(sets: readonly OneSet[]): Which {
  const [picked, setPicked] = useState<string | null>(null);
  const [only, second] = sets;
  if (only === undefined) return { isOpen: false, body: {}, choice: null };
  // Named also where it is the only one: if another set came meanwhile, this one is meant.
  if (second === undefined) return { isOpen: false, body: { set: only.setId }, choice: null };
  const chosen = sets.find(({ setId }) => setId === picked);
  return {
    isOpen: chosen === undefined,
    body: chosen === undefined ? {} : { set: chosen.setId },
    choice: (
      <Choices
        label={LABEL}
        value={chosen?.setId ?? null}
        onChange={setPicked}
        choices={sets.map((set) => ({
          id: set.setId,
          title: nameOf(set),
          detail: `Any ${set.threshold} of ${set.count} shares.`,
        }))}
      />
    ),
  };
}

/**
 * The same where the key version is known to sync alone: the sets of all versions that have several. None
 * has to be chosen; where one is missing, sync refuses and says so.
 */
export function useWhichSetOfAny(): Omit<Which, 'isOpen'> {
  const [picked, setPicked] = useState<string | null>(null);
  const { answer } = useLive<VersionsAnswer>('/v1/versions');
  const all = (answer?.versions ?? []).flatMap(({ version, sets }) =>
    sets.length > 1 ? sets.map((set) => ({ version, set })) : [],
  );
  if (all.length === 0) return { body: {}, choice: null };
  const chosen = all.find(({ set }) => set.setId === picked);
  return {
    body: chosen === undefined ? {} : { set: chosen.set.setId },
    choice: (
      <Choices
        label={LABEL}
        value={chosen?.set.setId ?? null}
        onChange={setPicked}
        choices={all.map(({ version, set }) => ({
          id: set.setId,
          title: `${nameOf(set)}, key version ${version}`,
          detail: `Any ${set.threshold} of ${set.count} shares.`,
        }))}
      />
    ),
  };
}
