/**
 * Drills: when each share was proved last, when it is due, a package for the next drill, and the due
 * days as a calendar file.
 * @module
 */
import { nameOf } from '../../../shared/ledger/generations.ts';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Icon, type IconName } from '../../../ui/Icon.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type {
  CalendarAnswer,
  DrillsAnswer,
  DrillSetAnswer,
  DrillShareAnswer,
} from '../../routes/drill-answers.ts';
import app from '../App.module.css';
import { AskPackage } from '../components/AskPackage.tsx';
import { Behind } from '../components/Behind.tsx';
import card from '../components/Card.module.css';
import { MakePackage } from '../components/MakePackage.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { bytesOf, saveAs } from '../lib/files.ts';
import { useLive } from '../lib/live.tsx';
import { addressOf } from '../lib/route.ts';
import { sayDay, sayTime, sayTimes } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import type { ViewProps } from '../lib/view.ts';
import styles from './Drills.module.css';

const MEDIA = {
  paper: 'paper',
  usb: 'a USB stick',
  'yubikey-otp': 'a YubiKey (OTP)',
  'yubikey-fido2': 'a YubiKey (FIDO2)',
} as const;

const FAILURES = {
  absent: 'Not brought',
  unreadable: 'Not readable',
  wrong: 'Not this share',
} as const;

/** From so many days before its due day on a share is shown as due soon. */
const SOON = 60;

function headingFor({ sets, unreadable }: DrillsAnswer): string {
  const notProved = sets.reduce((all, set) => all + set.notProved, 0);
  if (notProved > 0) {
    return notProved === 1
      ? 'A share was not proved in its last drill'
      : `${notProved} shares were not proved in their last drills`;
  }
  if (unreadable.length > 0) return 'Not every share set can be read';
  if (sets.length === 0) return 'There are no shares to prove yet';
  if (sets.some(({ daysLeft }) => daysLeft < 0)) return 'A drill is overdue';
  return sets.some(({ daysLeft }) => daysLeft <= SOON) ? 'A drill is due soon' : 'No drill is due';
}

export function Drills({ me }: ViewProps) {
  const { answer, problem } = useLive<DrillsAnswer>('/v1/drills');
  if (answer === null) return <Behind problem={problem} known={false} />;
  const { sets, days, now, unreadable } = answer;
  const isOperator = me.admin.roles.includes('operator');
  return (
    <section className={app.page}>
      <h1>{headingFor(answer)}</h1>
      <Behind problem={problem} known />
      <p>
        In a drill each custodian’s share is read on the laptop and signs for itself. Nothing is
        changed, and no key is put together but in a full drill. Every share is to be proved within{' '}
        {days} days.
      </p>
      {unreadable.map((version) => (
        <Notice
          key={version}
          tone="bad"
          title={`The share set of key version ${version} cannot be read.`}
        >
          <p>
            <a href={addressOf('versions')}>Key versions</a> says what is wrong with it.
          </p>
        </Notice>
      ))}
      {sets.length === 0 && unreadable.length === 0 ? (
        <Notice title="No share set is in force here.">
          <p>A set appears here when the bundle that brings it has been committed.</p>
        </Notice>
      ) : (
        <Calendar />
      )}
      {sets.map((set) => (
        <DrillSet key={set.manifest} set={set} canAsk={isOperator} />
      ))}
      <p className={card.quiet}>
        By the database’s clock, {sayTime(now)}. A share counts from the day on which the bundle
        came that proves it.
      </p>
    </section>
  );
}

function Calendar() {
  const { busy, problem, run } = useTask();
  const fetch = () =>
    run(async () => {
      const { fileName, content } = await call<CalendarAnswer>('GET', '/v1/drills/calendar');
      saveAs(fileName, new Blob([bytesOf(content)], { type: 'text/calendar' }));
    });
  return (
    <>
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button disabled={busy} onPress={() => void fetch()}>
          Download the due days as a calendar
        </Button>
      </Actions>
    </>
  );
}

function DrillSet({ set, canAsk }: { set: DrillSetAnswer; canAsk: boolean }) {
  const { version, threshold, count, sentence, shares, notProved, full } = set;
  return (
    <article
      className={`${card.card} ${notProved > 0 ? card.bad : ''}`}
      aria-label={`Share set ${nameOf(set)}`}
    >
      <h2 className={styles.name}>
        {nameOf(set)}, key version {version}
      </h2>
      <p>
        Any {threshold} of {count} shares open it. {sayTimes(sentence)}
      </p>
      <ol className={styles.shares}>
        {shares.map((share) => (
          <Share key={share.index} share={share} madeAt={set.madeAt} />
        ))}
      </ol>
      <p>
        {full === null
          ? 'There was no full drill of this set yet.'
          : `Full drill of ${sayDay(full.at)}: ${full.sentence}`}
      </p>
      {canAsk ? (
        <>
          <MakePackage
            kind="drill"
            version={version}
            sets={[set]}
            label="Make a package for a drill"
            saved="It is good for 30 days and for one bundle; for a custodian elsewhere make another one."
          />
          <details className={card.more}>
            <summary>Full drill</summary>
            <AskPackage
              key={set.manifest}
              kind="full-drill"
              version={version}
              sets={[set]}
              title={`Full drill of ${nameOf(set)}`}
            >
              <p>
                {threshold} custodians put the platform key together on the laptop, and it opens a
                test escrow that sync makes: no survey’s key, and nothing is changed. Half of the
                key goes to the laptop for that, so two approvers release it. The ticket is made at
                the laptop for a full drill.
              </p>
            </AskPackage>
          </details>
        </>
      ) : null}
    </article>
  );
}

function stateOf({ failed, daysLeft }: DrillShareAnswer): { icon: IconName; word: string } {
  if (failed !== null) return { icon: 'stop', word: FAILURES[failed.why] };
  if (daysLeft < 0) return { icon: 'warning', word: 'Overdue' };
  return daysLeft <= SOON
    ? { icon: 'clock', word: 'Due soon' }
    : { icon: 'done', word: 'Not due yet' };
}

function Share({ share, madeAt }: { share: DrillShareAnswer; madeAt: string }) {
  const { index, custodian, media, proved, failed, dueAt } = share;
  const { icon, word } = stateOf(share);
  const last =
    proved === null
      ? `Never in a drill; read back when the set was made, ${sayDay(madeAt)}`
      : `Proved ${sayDay(proved.at)}, from ${MEDIA[proved.medium]}`;
  return (
    <li>
      <span>Share {index}</span>
      <span>
        <strong>{custodian}</strong>, on {media.map((kind) => MEDIA[kind]).join(' and ')}
        <br />
        {last}
        {failed === null
          ? `. Due ${sayDay(dueAt)}.`
          : `. In the drill of ${sayDay(failed.at)} it was not proved.`}
      </span>
      <span className={card.state}>
        <Icon name={icon} />
        {word}
      </span>
    </li>
  );
}
