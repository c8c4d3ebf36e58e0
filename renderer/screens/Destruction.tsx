/**
 * Destruction: everybody reads what is over, why, and what is left of it, before anybody destroys
 * anything.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Named } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { leave, say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Backups = 'tried' | 'untried' | 'not-tried';

const SET_BACKUPS: readonly Choice<Backups>[] = [
  {
    id: 'tried',
    title: 'A backup from after the change was restored in a test',
    detail: 'Or no older one is left. This goes into the transcript.',
  },
  {
    id: 'untried',
    title: 'It cannot be tried, and two people say why',
    detail:
      'Both sign. Should the backups turn out to be useless, nothing brings the old shares back.',
  },
  { id: 'not-tried', title: 'Nobody has tried that yet', detail: 'Keep the old shares.' },
];

const VERSION_BACKUPS: readonly Choice<Backups>[] = [
  {
    id: 'tried',
    title: 'No backup is needed that may hold a survey key under this version',
    detail: 'This goes into the transcript.',
  },
  { id: 'not-tried', title: 'One may be needed, or nobody knows', detail: 'Keep the shares.' },
];

export function Destruction({ view }: ScreenProps<'destruction'>) {
  const { label, standing, supersededBy, things } = view;
  const [witness, setWitness] = useState(view.witness);
  const [backups, setBackups] = useState<Backups | null>(null);
  const [reason, setReason] = useState('');
  const [by, setBy] = useState('');
  const replaced = standing === 'superseded';
  const retired = standing === 'retired';
  const asksBackups = replaced || retired;
  const untried = backups === 'untried' ? { reason: reason.trim(), by: by.trim() } : undefined;
  const ready =
    witness.trim() !== '' &&
    (!asksBackups || backups !== null) &&
    (untried === undefined || (untried.reason.length >= 3 && untried.by !== ''));
  return (
    <Stage
      heading={
        view.standing === 'legacy'
          ? 'Agree that the legacy shares are destroyed'
          : `Agree what is destroyed of ${label}`
      }
      turn={view.turn}
    >
      <p>
        {standing === 'refreshed'
          ? `The shares of ${label} became others, and sync has taken those. Until these are destroyed, a threshold of the old ones is as good as one of the new.`
          : replaced
            ? `The set ${supersededBy ?? 'that is newer'} took the place of ${label}, and sync’s half of the key fitted it when a package brought it here.`
            : retired
              ? `Sync ended the key version of ${label} and accepts its shares no more. With the half that CheckTick’s row keeps they still open its key.`
              : standing === 'legacy'
                ? `The key of ${label} was adopted, and it opened a survey: its new shares do what these do. Until these are destroyed, a quorum of the old is as good as one of the new.`
                : view.ofKeyInUse
                  ? `The shares of ${label} are of the key that is in use, and their ceremony ended before sync trusted them. Enough of its shares open that key by other means.`
                  : `${label} never opened anything: its ceremony ended without a platform key.`}
      </p>
      <Named
        media={things.map(({ custodian, words }) => `${custodian}: ${words}`)}
        label="To be destroyed"
      />
      <Notice tone="warn" title="What is destroyed is gone for good.">
        <p>
          {standing === 'refreshed'
            ? 'The shares that took their place open everything that these open, and every backup as well.'
            : replaced
              ? `A backup of Vault or of CheckTick from before the change opens only with shares of ${label}.`
              : retired
                ? `A survey key under the version of ${label}, in whatever backup, opens with these shares and with no others.`
                : standing === 'legacy'
                  ? `CheckTick’s own commands need these shares: without them only Conclave and the shares of ${label} open the key. Copies that nobody listed still do.`
                  : `Nothing depends on ${label}. Every Conclave refuses its shares.`}{' '}
          Shares of other sets stay as they are. Read each label before it is destroyed.
        </p>
      </Notice>
      {asksBackups ? (
        <Choices
          label="The backups"
          value={backups}
          onChange={setBackups}
          choices={retired ? VERSION_BACKUPS : SET_BACKUPS}
        />
      ) : null}
      {untried === undefined ? null : (
        <>
          <Field
            label="Why no backup was tried"
            value={reason}
            onChange={setReason}
            lines={2}
            hint="It stands in the transcript for ever. 3 to 500 characters."
          />
          <Field
            label="Who answers for it, and signs"
            value={by}
            onChange={setBy}
            hint="Besides the witness. The name as the list of people has it; nobody who holds a share of this set."
          />
        </>
      )}
      <Field
        label="Who watches, and signs for it"
        value={witness}
        onChange={setWitness}
        hint="Somebody who holds no share of this set."
      />
      <Actions>
        <Button
          kind="primary"
          disabled={!ready}
          onPress={() =>
            say({
              type: 'destruction',
              witness: witness.trim(),
              backupsTried: backups === 'tried',
              ...(untried === undefined ? {} : { untried }),
            })
          }
        >
          Everyone agrees to destroy this
        </Button>
        <Button onPress={() => void leave()}>Back to home</Button>
      </Actions>
    </Stage>
  );
}
