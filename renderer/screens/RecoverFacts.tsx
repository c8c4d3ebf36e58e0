/**
 * What a recovery opens, in the words of the request.
 * @module
 */
import type { RecoverFacts as RecoverFactsData } from '../../shared/bundle/package.ts';
import { Facts, type Fact } from '../../ui/Facts.tsx';

export function RecoverFacts(props: {
  readonly facts: RecoverFactsData;
  readonly more?: readonly Fact[];
}) {
  const { facts, more = [] } = props;
  return (
    <Facts
      facts={[
        { name: 'For', value: `${facts.userName} (user ${facts.userId})` },
        { name: 'Survey', value: `${facts.surveyName} (survey ${facts.surveyId})` },
        { name: 'Request', value: facts.requestCode, code: true },
        { name: 'Key version', value: facts.keyVersion, code: true },
        ...more,
      ]}
    />
  );
}
