/**
 * Recover: everybody reads what will be opened, and agrees, before the first share is asked for.
 * @module
 */
import { wayInWords } from '../../shared/bundle/organisation-way.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import type { Fact } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { RecoverFacts } from './RecoverFacts.tsx';
import type { ScreenProps } from './screen.ts';

export function FactsScreen({ view }: ScreenProps<'facts'>) {
  return (
    <Stage heading="Read aloud what will be opened" turn={view.turn}>
      <RecoverFacts
        facts={view.facts}
        more={[
          ...(view.organisation === undefined
            ? []
            : [
                {
                  name: 'Kept by',
                  value: `${wayInWords(view.organisation)}; the organisation’s owner types its passphrase here, after the shares`,
                },
              ]),
          { name: 'Package from', value: view.requestedFrom },
          { name: 'Place in the vault', value: view.vaultPath, code: true },
          ...aboutSealed(view),
        ]}
      />
      {view.escrow?.keyHash === 'none' ? <Unknown kind={view.escrow.kind} /> : null}
      <Notice title="What will be true afterwards">
        <p>
          This one survey can be opened again, by this one user. Nothing else is opened, and every
          share stays valid. It cannot be taken back. If anyone in the room does not agree, press
          “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to open this survey
        </Button>
      </Actions>
    </Stage>
  );
}

/** Of CheckTick's own kind nothing is said: it was made with the platform key itself. */
function aboutSealed({ escrow, keepsEmail, facts }: ViewOf<'facts'>): Fact[] {
  if (escrow === null) return [];
  return [
    ...(escrow.kind === 'organisation'
      ? []
      : [
          {
            name: 'Kind of escrow',
            value: `Sealed without custodians, to the escrow key of ${facts.keyVersion}`,
          },
          {
            name: 'E-mail address',
            value: keepsEmail
              ? 'Kept, and compared after the shares'
              : 'None kept, so none is compared',
          },
        ]),
    {
      name: 'Whose key it is',
      value:
        escrow.keyHash === 'sealed'
          ? 'Compared with CheckTick’s hash of it, before there is a bundle'
          : 'Cannot be compared with anything',
    },
  ];
}

function Unknown({ kind }: { kind: 'sealed' | 'organisation' }) {
  return (
    <Notice title="Nobody can tell here whether it is this survey’s key" tone="warn">
      <p>
        CheckTick keeps no hash of the survey’s key.{' '}
        {kind === 'sealed'
          ? 'The seal says for which survey it was made, and not by whom: everybody who has the public escrow key can make one.'
          : 'What the organisation keeps may be the key of before, where the survey got another one since.'}{' '}
        If another key is inside, it is written into the survey all the same, and the password and
        recovery phrase of before open it no more. Go on only if nothing else opens this survey.
      </p>
    </Notice>
  );
}
