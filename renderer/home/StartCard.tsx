/**
 * A ceremony to start, with its rehearsal beside it.
 * @module
 */
import type { ReactNode } from 'react';
import type { CeremonyKind } from '../../shared/transcript/log.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { call } from '../lib/store.ts';
import styles from './Home.module.css';

/** A destruction is started from the set that is over. */
type Startable = Exclude<CeremonyKind, 'destroy'>;

const KINDS: Readonly<
  Record<Startable, { title: string; text: string; takes: string; verb: string }>
> = {
  split: {
    title: 'Split a new platform key',
    text: 'Makes a new key and gives each custodian a share of it, on a stick, on paper or with a YubiKey.',
    takes: 'Everyone is needed for about an hour.',
    verb: 'the split',
  },
  adopt: {
    title: 'Adopt the platform key that exists',
    text: 'For an organisation whose CheckTick already has a platform key: in legacy shares, made by CheckTick’s own command, or never split. The key stays the same, and gets new shares.',
    takes: 'Needs a ticket, its package from sync, and whoever holds the legacy shares.',
    verb: 'the adoption',
  },
  recover: {
    title: 'Recover one survey’s key',
    text: 'Custodians bring their shares together and open the key of one survey for one user.',
    takes: 'Needs a ticket, its package from sync, and enough custodians.',
    verb: 'the recovery',
  },
  'recover-member': {
    title: 'Recover a survey of an organisation',
    text: 'Custodians and the owner of an organisation together open the key of one survey that the organisation, or a team of it, keeps.',
    takes: 'Needs a ticket, its package from sync, enough custodians, and the owner in the room.',
    verb: 'the recovery for an organisation',
  },
  'migrate-organisation': {
    title: 'Give an organisation a new passphrase, or move it to the key in use',
    text: 'The owner forgot the passphrase: custodians open the surveys that a user’s escrow keeps as well, and the owner wraps them under a new one. Or the owner knows it, and the organisation moves from another key version. The package says which.',
    takes: 'Needs a ticket, its package from sync, enough custodians, and the owner in the room.',
    verb: 'the ceremony of an organisation',
  },
  drill: {
    title: 'Hold a drill',
    text: 'Custodians prove their shares, alone or together: each share is read and signs for itself. Nothing changes. In a full drill they open a test escrow together.',
    takes:
      'Needs a package from sync, a witness, and whoever brings a share; a full drill a ticket, and enough custodians.',
    verb: 'the drill',
  },
  rotate: {
    title: 'Make new shares of the platform key',
    text: 'Both halves of the key are made anew, and each custodian gets a new share. The key stays the same; the shares of today end.',
    takes:
      'Needs a ticket, its package from sync, enough custodians of today, and everybody who is to hold a share.',
    verb: 'the new shares',
  },
  'new-version': {
    title: 'Make a new platform key',
    text: 'A second key beside the one in use, under a key version of its own, with shares of its own. The key in use and its shares go on: every survey that is stored under it hangs on them.',
    takes:
      'Needs a ticket, its package from sync, enough custodians of today, and everybody who is to hold a share of the new key.',
    verb: 'the new platform key',
  },
  'add-set': {
    title: 'Add a set for a second group of people',
    text: 'The same key gets one more set of shares, with custodians and a threshold of its own. Each set opens the key without the other, so the key is as strong as the weakest of them.',
    takes:
      'Needs a package from sync, enough custodians of today, and everybody who is to hold a share of the new set. No ticket.',
    verb: 'the further set',
  },
  activate: {
    title: 'Put another key version to use',
    text: 'Custodians of the version in use sign that new survey keys are stored under another one from now on, or under the one of before again. What is stored stays where it is. No key is put together.',
    takes: 'Needs a package from sync, and enough custodians of the version in use.',
    verb: 'the change of the version in use',
  },
  retire: {
    title: 'Retire a key version',
    text: 'Custodians of the version in use sign that another one ends, which nothing hangs on any more. Sync accepts its shares no longer.',
    takes: 'Needs a package from sync, and enough custodians of the version in use.',
    verb: 'the end of a key version',
  },
  refresh: {
    title: 'Refresh the shares, one by one',
    text: 'Each share becomes another one of the same key, and nothing is put together for it. Copies of fewer shares than open the key are worth nothing once the old shares are destroyed.',
    takes:
      'Needs a package from sync, a witness, and every custodian whose share is to live on. No ticket.',
    verb: 'the refresh of the shares',
  },
  'migrate-escrows': {
    title: 'Move survey keys to the version in use',
    text: 'Custodians of a version that is not in use any more open what is stored under it, and it is sealed to the one in use. What nothing proves stays where it is.',
    takes:
      'Needs a ticket, its package and files from sync, enough custodians of the version that is emptied, and hours where there are many: the laptop is measured first.',
    verb: 'the move of survey keys',
  },
  roster: {
    title: 'Change who takes part',
    text: 'Custodians sign a new roster: people come, leave, or get a new identity. No share changes.',
    takes:
      'Needs a package from sync and enough custodians. Also when all admins of sync lost their keys.',
    verb: 'the change',
  },
};

export function StartCard(props: {
  readonly kind: Startable;
  readonly refused: boolean;
  /** The heading's level on the page. */
  readonly level: 'h2' | 'h3';
  /** What has to be prepared. */
  readonly children?: ReactNode;
}) {
  const { kind, refused, level: Level, children } = props;
  const { title, text, takes, verb } = KINDS[kind];
  const start = (mode: Mode) => void call('ceremony:start', { ceremony: kind, mode });
  return (
    <section className={styles.card}>
      <Level>{title}</Level>
      <p>{text}</p>
      <p className={styles.muted}>{takes}</p>
      <Actions>
        <Button
          kind={refused ? 'quiet' : 'primary'}
          disabled={refused}
          label={`Start ${verb}`}
          onPress={() => start('production')}
        >
          Start
        </Button>
        <Button
          kind={refused ? 'primary' : 'quiet'}
          label={`Rehearse ${verb}`}
          onPress={() => start('rehearsal')}
        >
          Rehearse
        </Button>
      </Actions>
      {children}
    </section>
  );
}
