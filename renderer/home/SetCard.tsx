/**
 * One share set at a glance; who holds what on request.
 * @module
 */
import { useState } from 'react';
import type { HomeSet } from '../../shared/ceremony/home.ts';
import { nameOf } from '../../shared/ledger/generations.ts';
import { legacyLeftInWords, newLegacyLeftInWords } from '../../shared/ledger/legacy.ts';
import { replacedInWords } from '../../shared/ledger/remnants.ts';
import { policyInWords } from '../../shared/sharing/media-policy.ts';
import type { SamePeople } from '../../shared/ledger/duties.ts';
import { ModeTag } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Notice } from '../../ui/Note.tsx';
import { sameInWords } from '../lib/duties.ts';
import { emptiedInWords, joinedInWords, standingOf, useInWords, type Tone } from '../lib/ledger.ts';
import { count, list, sayDate } from '../lib/say.ts';
import { call, openPage } from '../lib/store.ts';
import styles from './Home.module.css';

type SetAsked = { setId: string; generation: number; legacy?: true };

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'done',
  warn: 'clock',
  bad: 'stop',
  plain: 'next',
};

export function SetCard(props: {
  readonly set: HomeSet;
  readonly refused: boolean;
  /** Who needs nobody else for both halves. */
  readonly same: readonly SamePeople[];
}) {
  const { set, refused, same } = props;
  const [now] = useState(() => new Date());
  const { tone, word, sentence, mark } = standingOf(set, now, same.length === 0);
  const { left, of } = set.remnants;
  // Legacy shares and the shares that took their place give the same half: replaced, both need a backup.
  const isReplaced = set.standing === 'superseded';
  const hasLegacy = set.standing === 'live' || isReplaced || set.standing === 'retired';
  const legacy = hasLegacy ? set.legacyLeft : null;
  const written = hasLegacy ? set.newLegacyLeft : null;
  const start = (about: SetAsked) =>
    void call('ceremony:start', { ceremony: 'destroy', mode: set.mode, about });
  const which = { setId: set.setId, generation: set.generation };
  const isRetired = set.standing === 'retired';
  const isOver = set.standing === 'void' || isReplaced || isRetired;
  return (
    <section
      className={`${styles.card} ${styles[tone]}`}
      aria-label={`Share set ${nameOf(set)}, ${word}`}
    >
      <div className={styles.setHead}>
        <h3>
          {nameOf(set)} <ModeTag mode={set.mode} />
        </h3>
        <p className={styles.standing}>
          <Icon name={mark ?? ICONS[tone]} />
          {word}
        </p>
      </div>
      <p>
        Key version {set.keyVersion}, and what is stored under it: any {set.threshold} of{' '}
        {set.count} shares.{useInWords(set)} {sentence}
      </p>
      {set.opensAsWell.length === 0 ? null : <p>{joinedInWords(set)}</p>}
      {same.map((one) => (
        <Notice
          key={one.way.id}
          tone="warn"
          title="The same people hold enough unseal keys of Vault and enough shares."
        >
          <p>{sameInWords(one)}</p>
        </Notice>
      ))}
      {emptiedInWords(set) === '' ? null : <p>{emptiedInWords(set)}</p>}
      {set.policy === null ? null : (
        <p className={styles.muted}>Rule for its media. {policyInWords(set.policy)}</p>
      )}
      {legacy === null ? null : (
        <p className={styles.muted}>
          Adopted. {legacyLeftInWords(legacy.left, legacy.of, legacy.threshold)}
          {written === null ? '' : ` ${newLegacyLeftInWords(written)}`}
          {isReplaced ? ' From now on only with a backup of the old vault component.' : ''}
        </p>
      )}
      {set.provedAt === null ? null : (
        <p className={styles.muted}>
          Last proved on {sayDate(set.provedAt)},{' '}
          {set.provedByNonce ? 'by a nonce of sync' : 'on this laptop’s word'}
          {set.dueAt === null || set.standing !== 'live'
            ? '.'
            : Date.parse(set.dueAt) <= now.getTime()
              ? '; due now.'
              : `; to be proved again by ${sayDate(set.dueAt)}.`}
        </p>
      )}
      {isOver && of > 0 ? (
        <p>
          {left === 0
            ? 'Everything that was written of it was destroyed before a witness.'
            : `${of - left} of ${count(of, 'thing')} destroyed before a witness.`}{' '}
          {isReplaced && left > 0
            ? replacedInWords(
                set.remnants.shares,
                set.threshold,
                set.fitsToday ? null : { since: set.replacedAt, gone: set.backupsGone },
              )
            : ''}
        </p>
      ) : null}
      <details>
        <summary>Who holds the shares</summary>
        <ol className={styles.holders}>
          {set.custodians.map(({ index, name, media }) => (
            <li key={index}>
              <span>Share {index}</span>
              <span>
                <strong>{name}</strong>
                {media.length === 0 ? '' : `, on ${list(media)}`}
              </span>
            </li>
          ))}
        </ol>
      </details>
      {set.standing === 'live' || ((isReplaced || isRetired) && left > 0) ? (
        <Actions>
          <Button label={`Whom does it take? ${nameOf(set)}`} onPress={() => openPage('who-opens')}>
            Whom does it take?
          </Button>
          {set.standing === 'live' ? (
            <Button
              label={`Check shares without sync: ${nameOf(set)}`}
              disabled={refused && set.mode === 'production'}
              onPress={() =>
                void call('ceremony:start', { ceremony: 'drill', mode: set.mode, about: which })
              }
            >
              Check shares without sync
            </Button>
          ) : null}
        </Actions>
      ) : null}
      {isOver && left > 0 ? (
        <Actions>
          {set.mayBeNeeded ? (
            <Button
              label={`Compare sync’s half before ${nameOf(set)} is destroyed`}
              disabled={refused && set.mode === 'production'}
              onPress={() => void call('ceremony:start', { ceremony: 'rotate', mode: set.mode })}
            >
              Compare sync’s half
            </Button>
          ) : null}
          <Button
            label={`Destroy what is left of ${nameOf(set)}`}
            disabled={refused && set.mode === 'production'}
            onPress={() => start(which)}
          >
            Destroy what is left
          </Button>
        </Actions>
      ) : null}
      {(legacy?.left ?? 0) + (written?.left ?? 0) > 0 ? (
        <Actions>
          <Button
            label={`Destroy the legacy shares of ${nameOf(set)}`}
            disabled={refused && set.mode === 'production'}
            onPress={() => start({ ...which, legacy: true })}
          >
            Destroy the legacy shares
          </Button>
        </Actions>
      ) : null}
    </section>
  );
}
