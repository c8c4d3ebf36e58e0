/**
 * What a ceremony is called in the ledger.
 * @module
 */
import { makesSet, type CeremonyKind } from '../transcript/log.ts';
import type { Facts } from './entry-facts.ts';
import type { SplitFacts } from './read-split.ts';

export function destructionTitle(agreed: Facts, outcome: string | null): string {
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
  'new-version': 'New platform key',
  'add-set': 'Another set of the platform key',
  refresh: 'Refreshed shares of the platform key',
} as const;

export function title(kind: CeremonyKind, split: SplitFacts | null, agreed: Facts): string {
  if (kind === 'roster') return 'Change of who takes part';
  if (makesSet(kind)) {
    const what = MAKING[kind];
    return split === null ? what : `${what} ${split.keyVersion}, set ${split.label}`;
  }
  const organisation = agreed.text('organisationId');
  if (kind === 'migrate-organisation') {
    const whose = organisation === '' ? 'an organisation' : `organisation ${organisation}`;
    const from = agreed.text('movesFrom');
    return from === ''
      ? `New passphrase of ${whose}`
      : `Move ${whose} from key version ${from} to ${agreed.text('keyVersion')}`;
  }
  if (kind === 'drill') {
    const label = agreed.text('label');
    return label === '' ? 'Drill' : `Drill of the set ${label}`;
  }
  if (kind === 'activate') {
    const version = agreed.text('activates');
    return version === '' ? 'Another active key version' : `Key version ${version} put to use`;
  }
  if (kind === 'retire') {
    const version = agreed.text('retires');
    return version === '' ? 'End of a key version' : `End of key version ${version}`;
  }
  if (kind === 'migrate-escrows') {
    const version = agreed.text('keyVersion');
    return version === ''
      ? 'Survey keys moved to another key version'
      : `Survey keys of ${version} moved to ${agreed.text('movesTo')}`;
  }
  const survey = agreed.text('surveyId');
  if (survey === '') return 'Recovery of a survey key';
  const whose = organisation === '' ? '' : `, organisation ${organisation}`;
  return `Recovery of survey ${survey} for user ${agreed.text('userId')}${whose}`;
}
