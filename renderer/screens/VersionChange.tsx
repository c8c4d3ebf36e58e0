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
import { SetWords } from '../components/SetWords.tsx';
import { Stage } from '../components/Shell.tsx';
import { planInWords } from '../lib/ledger.ts';
import { count, list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Shown = ViewOf<'version-change'>;

export function VersionChange({ view }: ScreenProps<'version-change'>) {
  const { change, version, other, further } = view;
  const isUse = change === 'activate';
  return (
    <Stage
      heading={isUse ? 'Read aloud what is put to use' : 'Read aloud what is retired'}
      turn={view.turn}
    >
      <Facts facts={facts(view)} />
      <SetWords sets={[other, ...further]} />
      <Notice tone={isUse ? 'plain' : 'warn'} title="What will be true afterwards">
        {isUse ? use(view) : end(view)}
      </Notice>
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

/** Where the package does not count them, nothing is said. */
const holding = (version: string, found: number | undefined): string =>
  found === undefined
    ? `key version ${version}`
    : `key version ${version}: ${count(found, 'survey key')} stored under it`;

/** Each set of the version by itself: what is said of one holds of all. */
const setsOf = ({ other, further }: Pick<Shown, 'other' | 'further'>) =>
  list([other, ...further].map(({ label }) => label));

function facts({ change, keyVersion, version, present, other, further, stored }: Shown) {
  const isUse = change === 'activate';
  return [
    { name: isUse ? 'Put to use' : 'Retired', value: holding(version, stored?.other) },
    ...[other, ...further].map((set) => ({
      name: `Its set: ${set.label}`,
      value: planInWords(set),
    })),
    {
      name: isUse ? 'In use until then' : 'Stays in use',
      value: holding(keyVersion, stored?.active),
    },
    { name: `Its set: ${present.label}`, value: planInWords(present) },
  ];
}

function use(view: Shown): ReactNode {
  const { keyVersion, version, present, syncName } = view;
  const sets = setsOf(view);
  return (
    <>
      <p>
        {syncName} seals new survey keys to {version}: to recover one takes the shares of {sets}.
        What is stored under {keyVersion} stays there, and takes those of {present.label}. Nobody
        destroys a share of any of them.
      </p>
      <p>
        Until {keyVersion} is retired it can be put to use again in the same way, by the shares of{' '}
        {sets}. Nothing is put together here: the shares sign. Whoever does not agree presses
        “Something is wrong”.
      </p>
    </>
  );
}

function end(view: Shown): ReactNode {
  const { keyVersion, version, present, syncName } = view;
  const sets = setsOf(view);
  return (
    <>
      <p>
        {syncName} accepts no share of {sets} any more, and recovers nothing that is sealed to{' '}
        {version}. There is no way back. It found nothing that hangs on {version}, and looks again
        before it does this. {keyVersion} and the shares of {present.label} stay as they are.
      </p>
      <p>
        Keep the shares of {sets} until no backup is needed that may hold survey keys under{' '}
        {version}. Nothing is put together here: the shares sign. Whoever does not agree presses
        “Something is wrong”.
      </p>
    </>
  );
}
