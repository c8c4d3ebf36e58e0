/**
 * An owner without passphrase: everybody reads which surveys are going to be helped and which are
 * not, and agrees, before the first share is asked for.
 * @module
 */
import { LEFT_IN_WORDS, organisationInWords } from '../../shared/bundle/organisation.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import { SurveyList } from './SurveyList.tsx';

export function OrganisationFacts({ view }: ScreenProps<'organisation-facts'>) {
  const { facts, surveys, left, further, isNew, requestedFrom } = view;
  return (
    <Stage heading="Read aloud which surveys are helped" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Organisation', value: organisationInWords(facts) },
          { name: 'Owner', value: `${facts.owner}, as the verification of the business recorded` },
          {
            name: 'Passphrase',
            value: isNew ? 'A new one, made up here' : 'The one of an earlier such ceremony',
          },
          { name: 'Request', value: facts.requestCode, code: true },
          { name: 'Key version', value: facts.keyVersion, code: true },
          { name: 'Package from', value: requestedFrom },
        ]}
      />
      <h2>To be helped: {surveys.length}</h2>
      <SurveyList
        surveys={surveys.map((one) => ({
          ...one,
          says: `${one.surveyName}; by the escrow of user ${one.userId}, ${
            one.keyHash === 'sealed'
              ? 'compared with CheckTick’s hash of the key'
              : 'with nothing to compare its key with'
          }`,
        }))}
      />
      {left.length === 0 ? null : (
        <>
          <h2>Not to be helped: {left.length}</h2>
          <SurveyList
            surveys={left.map((one) => ({
              ...one,
              says: `${one.surveyName}; ${LEFT_IN_WORDS[one.why]}`,
            }))}
          />
        </>
      )}
      {further === 0 ? null : (
        <Notice title="There are more surveys than one package brings" tone="warn">
          <p>
            {further} more have an escrow. They need another package afterwards, and the owner then
            types the passphrase that is made up here: keep it until all are done.
          </p>
        </Notice>
      )}
      <Notice title="What will be true afterwards">
        <p>
          The surveys under “To be helped” open with the new passphrase, and with the old one no
          more. Every other survey stays exactly as it is: if the old passphrase comes back, it
          still opens. Every share stays valid. If anyone in the room does not agree, press
          “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to help these surveys
        </Button>
      </Actions>
    </Stage>
  );
}
