/**
 * Adoptions walked by the pure machine up to their proof, as sync found the key version.
 * @module
 */
import { adoptView } from '../../shared/ceremony/adopt/view.ts';
import type { AdoptState } from '../../shared/ceremony/adopt/state.ts';
import type { AdoptFound, Comparison, OrganisationKey } from '../../shared/bundle/adopt.ts';
import type { LegacyProof } from '../../shared/ceremony/types.ts';
import { legacyAnswer, walk, type Walk } from './ceremony.ts';
import { ADOPT_FACTS } from './ceremony-facts.ts';

export const stateOf = ({ state }: Walk): AdoptState => {
  if (state.ceremony !== 'adopt') throw new Error('no adoption');
  return state;
};
export const viewOf = (walked: Walk) => adoptView(stateOf(walked), { entries: 1, words: 'w' });

/** Both type what is asked of them, one after the other. */
export function bothAnswer(
  walked: Walk,
  people: readonly [string, string],
  place: 'both' | 'row' | 'vault' = 'both',
): Walk {
  for (const by of people) walked.say(legacyAnswer(by, place));
  return walked;
}

/** An adoption of a version of which sync found this. */
export function found(
  compared: Comparison,
  proof: boolean,
  organisationKeys: OrganisationKey[] = [],
): Walk {
  const [version] = ADOPT_FACTS.found.versions;
  if (version === undefined) throw new Error('no version');
  const facts: AdoptFound = {
    ...ADOPT_FACTS.found,
    vault: compared === 'row-only' ? 'missing' : 'there',
    versions: [
      {
        ...version,
        state: compared === 'vault-only' ? 'missing' : 'active',
        compared,
        escrows: proof ? 12 : 0,
        proof: proof ? version.proof : null,
        ...(organisationKeys.length === 0 ? {} : { organisationKeys }),
      },
    ],
  };
  const walked = walk('adopt', 'package');
  walked.feed({ type: 'choose-document', id: 'package' });
  walked.feed({
    type: 'package-loaded',
    kind: 'adopt',
    digest: '77'.repeat(32),
    nonce: '88'.repeat(16),
    epoch: 0,
    expiresAt: '2026-05-17T09:30:00Z',
    keyVersion: 'v1',
    recover: null,
    roster: null,
    adopt: { ...ADOPT_FACTS, found: facts },
  });
  walked.pending = undefined;
  return walked.until((state) => state.phase.at === 'legacy-proof');
}

/** The worker answers with this proof, or with none. */
export function proved(walked: Walk, proof: LegacyProof): Walk {
  walked.feed({ type: 'continue' });
  walked.feed({ type: 'legacy-proved', proof });
  walked.pending = undefined;
  return walked;
}
