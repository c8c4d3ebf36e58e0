/**
 * The key versions: which state each is in, what is stored under it, who holds its shares, what is
 * wrong, and what an operator takes to the laptop for each.
 * @module
 */
import { nameOf } from '../../../shared/ledger/generations.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { Icon, type IconName } from '../../../ui/Icon.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { VersionAnswer, VersionsAnswer } from '../../routes/version-answers.ts';
import app from '../App.module.css';
import { AskPackage } from '../components/AskPackage.tsx';
import { Behind } from '../components/Behind.tsx';
import { Finding } from '../components/Finding.tsx';
import { useLive } from '../lib/live.tsx';
import { sayTime, sayTimes } from '../lib/say.ts';
import type { ViewProps } from '../lib/view.ts';
import card from '../components/Card.module.css';
import { VersionPackages } from './VersionPackages.tsx';
import styles from './Versions.module.css';

const STATES: Readonly<Record<VersionAnswer['state'], { icon: IconName; word: string }>> = {
  active: { icon: 'now', word: 'Active' },
  waiting: { icon: 'clock', word: 'Not activated yet' },
  inactive: { icon: 'next', word: 'Not active any more' },
  retired: { icon: 'next', word: 'Retired' },
  missing: { icon: 'stop', word: 'No row in the database' },
};

const MEDIA = {
  paper: 'paper',
  usb: 'a USB stick',
  'yubikey-otp': 'a YubiKey (OTP)',
  'yubikey-fido2': 'a YubiKey (FIDO2)',
} as const;

function headingFor({ versions, findings }: VersionsAnswer): string {
  const all = [...findings, ...versions.flatMap((one) => one.findings)];
  const bad = all.filter(({ severity }) => severity === 'bad').length;
  if (bad > 0) return `${bad} ${bad === 1 ? 'thing is' : 'things are'} wrong with the key versions`;
  if (versions.length === 0) return 'There are no key versions yet';
  return 'Nothing is wrong with the key versions';
}

export function Versions({ me }: ViewProps) {
  const { answer, problem } = useLive<VersionsAnswer>('/v1/versions');
  if (answer === null) return <Behind problem={problem} known={false} />;
  const { versions, findings, epoch, now } = answer;
  const isOperator = me.admin.roles.includes('operator');
  const inUse = versions.find(({ state, sets }) => state === 'active' && sets.length > 0);
  return (
    <section className={app.page}>
      <h1>{headingFor(answer)}</h1>
      <Behind problem={problem} known />
      {findings.map((one) => (
        <Finding key={one.code} finding={one} />
      ))}
      {versions.length === 0 && findings.length === 0 ? (
        <Notice title="No platform key was set up here.">
          <p>A key version appears here when the bundle of its ceremony has been committed.</p>
        </Notice>
      ) : null}
      {versions.map((one) => (
        <Version
          key={one.version}
          version={one}
          deciding={inUse?.sets ?? []}
          isOperator={isOperator}
        />
      ))}
      {isOperator && inUse !== undefined ? (
        <AskPackage
          key={versions.length}
          kind="new-version"
          sets={inUse.sets}
          title="A new platform key"
        >
          <p>
            For a platform key that somebody may have seen: another key is made beside{' '}
            {inUse.version}, which goes on opening what is stored under it. The ticket is made at
            the laptop for a new platform key.
          </p>
        </AskPackage>
      ) : null}
      <p className={card.quiet}>
        Compared at {sayTime(now)}. Trust epoch: {epoch.vault} in Vault, {epoch.database} in the
        database.
      </p>
    </section>
  );
}

function Version(props: {
  readonly version: VersionAnswer;
  /** Those of the active version. */
  readonly deciding: VersionAnswer['sets'];
  readonly isOperator: boolean;
}) {
  const { version: one, deciding, isOperator } = props;
  const { sets, shares, escrows, findings } = one;
  const { icon, word } = STATES[one.state];
  const isBad = findings.some(({ severity }) => severity === 'bad');
  const time = (name: string, at: string | null) =>
    at === null ? [] : [{ name, value: sayTime(at) }];
  return (
    <article
      className={`${card.card} ${isBad ? card.bad : ''}`}
      aria-label={`Key version ${one.version}, ${word}`}
    >
      <div className={styles.head}>
        <h2>{one.version}</h2>
        <p className={card.state}>
          <Icon name={icon} />
          {word}
        </p>
      </div>
      <p>{one.sentence}</p>
      {findings.map((found) => (
        <Finding key={found.code} finding={found} />
      ))}
      <Facts
        facts={[
          {
            name: 'Stored survey keys',
            value:
              escrows.count === 0
                ? 'None'
                : `${escrows.count}, of which ${escrows.recovered} ${escrows.recovered === 1 ? 'was' : 'were'} recovered`,
          },
          ...(sets.length === 0 ? [{ name: 'Share set', value: 'None that sync trusts' }] : []),
          ...sets.map((set, at) => ({
            name: sets.length === 1 ? 'Share set' : `Share set ${at + 1} of ${sets.length}`,
            value: `${nameOf(set)}: any ${set.threshold} of ${set.count} shares open it`,
          })),
          ...(sets.length < 2
            ? []
            : [
                {
                  name: 'Who opens it',
                  value: `Each of the ${sets.length} sets alone: it is as strong as the weakest`,
                },
              ]),
          { name: 'Its shares', value: shares === null ? 'Not needed' : sayTimes(shares.sentence) },
          { name: 'Vault component', value: one.component.sentence },
        ]}
      />
      {one.staying.length === 0 ? null : (
        <details className={card.more}>
          <summary>Survey keys that the last move left</summary>
          <ul>
            {one.staying.map(({ userId, surveyId, why }) => (
              <li key={`${userId} ${surveyId}`}>
                User {userId}, survey {surveyId}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
      <details className={card.more}>
        <summary>Who holds the shares, and when it was made</summary>
        {sets.map((set) => (
          <Holders key={set.manifest} set={set} isOneOf={sets.length} />
        ))}
        {sets.length < 2 ? null : <h3 className={styles.part}>Key version {one.version}</h3>}
        <Facts
          facts={[
            ...time('Created', one.createdAt),
            ...time('Activated', one.activatedAt),
            ...time(one.state === 'inactive' ? 'Not active since' : 'Retired', one.retiredAt),
            ...time('Shares made', shares?.since ?? null),
          ]}
        />
      </details>
      {isOperator ? <VersionPackages version={one} deciding={deciding} /> : null}
    </article>
  );
}

function Holders(props: {
  readonly set: VersionAnswer['sets'][number];
  /** So many sets the version has. */
  readonly isOneOf: number;
}) {
  const { set, isOneOf } = props;
  return (
    <>
      {isOneOf === 1 ? null : <h3 className={styles.part}>{nameOf(set)}</h3>}
      <Facts
        facts={[
          ...set.custodians.map(({ index, name, media }) => ({
            name: `Share ${index}`,
            value: [
              name,
              ...media.map(({ kind, description }) => `on ${MEDIA[kind]} (${description})`),
            ].join(', '),
          })),
          { name: 'Set made', value: sayTime(set.madeAt) },
          { name: 'Generation', value: String(set.generation) },
          { name: 'Manifest', value: set.manifest },
        ]}
      />
    </>
  );
}
