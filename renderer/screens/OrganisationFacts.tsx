/**
 * Survey keys of an organisation: everybody reads which are going to be wrapped anew and which are not,
 * and agrees, before the first share is asked for.
 * @module
 */
import {
  LEFT_IN_WORDS,
  organisationInWords,
  sourceInWords,
  type WhosePassphrase,
} from '../../shared/bundle/organisation.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import { SurveyList } from './SurveyList.tsx';

const PASSPHRASE: Readonly<Record<WhosePassphrase, string>> = {
  new: 'A new one, made up here',
  continued: 'The one of an earlier such ceremony',
  kept: 'The one in use; it stays',
};

export function OrganisationFacts({ view }: ScreenProps<'organisation-facts'>) {
  const { facts, surveys, left, further, passphrase, movesFrom, requestedFrom } = view;
  const moves = movesFrom !== null;
  return (
    <Stage
      heading={moves ? 'Read aloud what moves' : 'Read aloud which surveys are helped'}
      turn={view.turn}
    >
      <Facts
        facts={[
          { name: 'Organisation', value: organisationInWords(facts) },
          { name: 'Owner', value: `${facts.owner}, as the verification of the business recorded` },
          {
            name: 'Passphrase',
            value: PASSPHRASE[passphrase],
          },
          { name: 'Request', value: facts.requestCode, code: true },
          ...(moves ? [{ name: 'From key version', value: movesFrom, code: true }] : []),
          { name: moves ? 'To' : 'Key version', value: facts.keyVersion, code: true },
          { name: 'Package from', value: requestedFrom },
        ]}
      />
      <h2>
        {moves ? 'To be moved' : 'To be helped'}: {surveys.length}
      </h2>
      <SurveyList
        surveys={surveys.map((one) => ({
          ...one,
          says: `${one.surveyName}; ${sourceInWords(one)}, ${
            one.keyHash === 'sealed'
              ? 'compared with CheckTick’s hash of the key'
              : 'with nothing to compare its key with'
          }`,
        }))}
      />
      {left.length === 0 ? null : (
        <>
          <h2>
            {moves ? 'Stay where they are' : 'Not to be helped'}: {left.length}
          </h2>
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
            {moves
              ? `${further} more are to be moved. They need another package afterwards, and the owner comes again.`
              : `${further} more have an escrow. They need another package afterwards, and the owner then types the passphrase that is made up here: keep it until all are done.`}
          </p>
        </Notice>
      )}
      <Notice title="What will be true afterwards">
        <p>
          {moves
            ? `The surveys under “To be moved” open with the same passphrase and the shares of ${facts.keyVersion}. Until Vault’s platform/master-key follows, they open through Conclave alone. Every other survey stays exactly as it is, and every share stays valid.`
            : 'The surveys under “To be helped” open with the new passphrase, and with the old one no more. Every other survey stays exactly as it is: if the old passphrase comes back, it still opens. Every share stays valid.'}{' '}
          If anyone in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          {moves
            ? `Everyone agrees to move them to ${facts.keyVersion}`
            : 'Everyone agrees to help these surveys'}
        </Button>
      </Actions>
    </Stage>
  );
}
