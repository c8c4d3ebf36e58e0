/**
 * Another key version is put to use, or one is retired: everybody reads what would be so, and agrees,
 * before the first share is asked for.
 * @module
 */
import type { ReactNode } from 'react';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { Stage } from '../components/Shell.tsx';
import { planInWords } from '../lib/ledger.ts';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Shown = ViewOf<'version-change'>;

export function VersionChange({ view }: ScreenProps<'version-change'>) {
  const { change, version, other } = view;
  const isUse = change === 'activate';
  return (
    <Stage
      heading={isUse ? 'Read aloud what is put to use' : 'Read aloud what is retired'}
      turn={view.turn}
    >
      <Facts facts={isUse ? useFacts(view) : endFacts(view)} />
      <p>
        The witness compares these words with the paper of the ceremony that made {other.label}:
      </p>
      <Words words={other.words} label={`Words of the set ${other.label}`} />
      <Notice title="What will be true afterwards">{isUse ? use(view) : end(view)}</Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          {isUse
            ? `Everyone agrees to put ${version} to use`
            : `Everyone agrees to retire ${version}`}
        </Button>
      </Actions>
    </Stage>
  );
}

const keys = (found: number | undefined): string =>
  found === undefined ? 'not counted in this package' : count(found, 'survey key');

function useFacts({ keyVersion, version, present, other, stored }: Shown) {
  return [
    { name: 'Put to use', value: `key version ${version}` },
    { name: `Its set: ${other.label}`, value: planInWords(other) },
    { name: `Stored under ${version}`, value: keys(stored?.other) },
    { name: 'In use until then', value: `key version ${keyVersion}` },
    { name: `Its set: ${present.label}`, value: planInWords(present) },
    { name: `Stored under ${keyVersion}`, value: keys(stored?.active) },
  ];
}

function endFacts({ keyVersion, version, present, other, stored }: Shown) {
  return [
    { name: 'Retired', value: `key version ${version}` },
    { name: `Its set: ${other.label}`, value: planInWords(other) },
    { name: `Stored under ${version}`, value: keys(stored?.other) },
    { name: 'Stays in use', value: `key version ${keyVersion}` },
    { name: `Its set: ${present.label}`, value: planInWords(present) },
    { name: `Stored under ${keyVersion}`, value: keys(stored?.active) },
  ];
}

function use({ keyVersion, version, present, other, syncName }: Shown): ReactNode {
  return (
    <>
      <p>
        {syncName} seals every new survey key to {version}: to recover one, it takes the shares of{' '}
        {other.label}. What is stored under {keyVersion} stays there and opens with the shares of{' '}
        {present.label} alone. Nobody destroys a share of either set.
      </p>
      <p>
        {keyVersion} can be put to use again in the same way, by the shares of {other.label}, as
        long as it is not retired. Nothing is put together here; enough shares sign this and no
        more. Whoever does not agree presses “Something is wrong”.
      </p>
    </>
  );
}

function end({ keyVersion, version, present, other, syncName }: Shown): ReactNode {
  return (
    <>
      <p>
        {syncName} accepts no share of {other.label} any more, and nothing that is sealed to{' '}
        {version} can be recovered through it. There is no way back. It makes this package only
        where nothing hangs on {version}, and it counts again before it carries this out.
      </p>
      <p>
        Backups of before may hold survey keys under {version}: keep its shares until no such backup
        is needed. {keyVersion} and the shares of {present.label} stay as they are. Nothing is put
        together here; enough shares sign this and no more. Whoever does not agree presses
        “Something is wrong”.
      </p>
    </>
  );
}
