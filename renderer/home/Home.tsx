/**
 * Home: is every key version safe, what is due, what was interrupted, what happened last; and
 * where a ceremony starts.
 * @module
 */
import { useEffect, useRef, type ReactNode } from 'react';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { Mode } from '../../shared/mode.ts';
import { Band } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Refused } from '../components/Refused.tsx';
import { sameOfSet } from '../lib/duties.ts';
import { hasLiveSet, hasSetInUse, hasTwoVersions, isEmpty, sortSets } from '../lib/ledger.ts';
import { openPage, useStore } from '../lib/store.ts';
import { CeremonyLine } from './CeremonyLine.tsx';
import { Due } from './Due.tsx';
import { SetCard } from './SetCard.tsx';
import { StartCard } from './StartCard.tsx';
import styles from './Home.module.css';

export function HomeFrame(props: {
  readonly heading: string;
  readonly application: string;
  /** Of what is done here, once it is decided: the band across the window. */
  readonly mode?: Mode;
  readonly children: ReactNode;
}) {
  const title = useRef<HTMLHeadingElement>(null);
  const note = useStore((state) => state.note);
  const { heading } = props;
  useEffect(() => {
    if (heading !== '') title.current?.focus();
  }, [heading]);
  return (
    <div className={styles.frame}>
      {/* One row of the frame, there or not. */}
      <div>{props.mode === undefined ? null : <Band mode={props.mode} />}</div>
      <header className={styles.top}>
        <p className={styles.name}>Conclave</p>
        <p className={styles.application}>{props.application}</p>
      </header>
      <main className={styles.main}>
        <h1 ref={title} tabIndex={-1}>
          {heading}
        </h1>
        <div role="alert" className={styles.live}>
          {note === null ? null : <Refused note={note} />}
        </div>
        {props.children}
      </main>
    </div>
  );
}

export function Home({ home }: { home: HomeView }) {
  const empty = isEmpty(home);
  return (
    <HomeFrame
      heading={empty ? 'Choose how to begin' : 'Are the keys safe?'}
      application={home.application}
    >
      {home.productionRefused === null ? null : (
        <Notice tone="warn" title="Only rehearsals can be held here.">
          <p>{home.productionRefused}</p>
        </Notice>
      )}
      {home.unsealKeys.map(({ mode, unreadable }) =>
        unreadable === null ? null : <Refused key={mode} note={unreadable} />,
      )}
      {empty ? <Empty home={home} /> : <Filled home={home} />}
    </HomeFrame>
  );
}

function Filled({ home }: { home: HomeView }) {
  const open = home.ceremonies.filter(({ standing }) => standing !== 'closed');
  const closed = home.ceremonies.filter(({ standing }) => standing === 'closed');
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        {home.due.length === 0 ? null : (
          <Part title="Next checks">
            <Due due={home.due} refused={home.productionRefused !== null} />
          </Part>
        )}
        <Part title="Share sets">
          {home.sets.length === 0 ? (
            <p>No share set yet.</p>
          ) : (
            sortSets(home.sets).map((set) => (
              <SetCard
                key={`${set.setId} ${set.generation}`}
                set={set}
                refused={home.productionRefused !== null}
                same={sameOfSet(home, set)}
              />
            ))
          )}
        </Part>
        {open.length === 0 ? null : (
          <Part title="Not finished">
            {open.map((ceremony) => (
              <CeremonyLine key={ceremony.ceremonyId} ceremony={ceremony} />
            ))}
          </Part>
        )}
        {closed.length === 0 ? null : (
          <Part title="What happened last">
            {closed.map((ceremony) => (
              <CeremonyLine key={ceremony.ceremonyId} ceremony={ceremony} />
            ))}
          </Part>
        )}
      </div>
      <div className={styles.column}>
        <Part title="Start">
          <StartCard kind="split" refused={home.productionRefused !== null} level="h3" />
          <StartCard kind="recover" refused={home.productionRefused !== null} level="h3" />
          <StartCard kind="recover-member" refused={home.productionRefused !== null} level="h3" />
          <StartCard
            kind="migrate-organisation"
            refused={home.productionRefused !== null}
            level="h3"
          />
          {hasSetInUse(home) ? (
            <StartCard kind="rotate" refused={home.productionRefused !== null} level="h3">
              <Button onPress={() => openPage('which-change')}>
                Which change fits what happened?
              </Button>
            </StartCard>
          ) : null}
          {hasSetInUse(home) ? (
            <StartCard kind="refresh" refused={home.productionRefused !== null} level="h3" />
          ) : null}
          {hasSetInUse(home) ? (
            <StartCard kind="add-set" refused={home.productionRefused !== null} level="h3" />
          ) : null}
          {hasSetInUse(home) ? (
            <StartCard kind="new-version" refused={home.productionRefused !== null} level="h3" />
          ) : null}
          {hasTwoVersions(home) ? (
            <>
              <StartCard kind="activate" refused={home.productionRefused !== null} level="h3" />
              <StartCard
                kind="migrate-escrows"
                refused={home.productionRefused !== null}
                level="h3"
              >
                <Button onPress={() => openPage('move-ticket')}>
                  Make a ticket for moving survey keys
                </Button>
              </StartCard>
              <StartCard kind="retire" refused={home.productionRefused !== null} level="h3" />
            </>
          ) : null}
          {hasSetInUse(home) ? (
            <StartCard kind="drill" refused={home.productionRefused !== null} level="h3">
              <Button onPress={() => openPage('drill-ticket')}>
                Make a ticket for a full drill
              </Button>
            </StartCard>
          ) : null}
          <StartCard kind="roster" refused={home.productionRefused !== null} level="h3" />
          {hasLiveSet(home) ? null : (
            <StartCard kind="adopt" refused={home.productionRefused !== null} level="h3">
              <AdoptTicket />
            </StartCard>
          )}
        </Part>
        <Others home={home} />
      </div>
    </div>
  );
}

function Empty({ home }: { home: HomeView }) {
  return (
    <>
      <p className={styles.lead}>
        Nothing has happened on this laptop yet. There are two ways in, and one for organisations
        that already use Conclave. Each can be prepared days before.
      </p>
      <div className={styles.ways}>
        <StartCard kind="split" refused={home.productionRefused !== null} level="h2" />
        <StartCard kind="adopt" refused={home.productionRefused !== null} level="h2">
          <AdoptTicket />
        </StartCard>
        <section className={styles.card}>
          <h2>Continue on this laptop</h2>
          <p>
            Your share sets were made on another laptop, which is lost or stays elsewhere. A stick
            from sync, or from the last ceremony, brings everything that is public.
          </p>
          <Button onPress={() => openPage('continue')}>Continue from a stick</Button>
        </section>
        <PreparePlan level="h2" />
      </div>
    </>
  );
}

/** Before the package: sync locks it to a ticket. */
function AdoptTicket() {
  return <Button onPress={() => openPage('adopt-ticket')}>Make a ticket for an adoption</Button>;
}

function Others({ home }: { home: HomeView }) {
  return (
    <Part title="Prepare">
      <PreparePlan level="h3" />
      <section className={styles.card}>
        <h3>A ticket</h3>
        <p>
          Sync locks its package to a ticket on the operator’s stick. Tickets can be made ahead.
        </p>
        <Actions>
          <Button onPress={() => openPage('ticket')}>Make a ticket for a recovery</Button>
          {hasSetInUse(home) ? (
            <>
              <Button onPress={() => openPage('rotate-ticket')}>
                Make a ticket for new shares
              </Button>
              <Button onPress={() => openPage('version-ticket')}>
                Make a ticket for a new platform key
              </Button>
            </>
          ) : null}
        </Actions>
      </section>
      <section className={styles.card}>
        <h3>Another laptop’s ceremonies</h3>
        <p>Bring them here on a stick, to continue on this laptop.</p>
        <Button onPress={() => openPage('continue')}>Continue from a stick</Button>
      </section>
      {home.trustedSyncs.length === 0 ? null : (
        <p className={styles.muted}>
          Trusted here by eight words:{' '}
          {home.trustedSyncs
            .map(({ name, mode }) => (mode === 'rehearsal' ? `${name} (rehearsal)` : name))
            .join(', ')}
        </p>
      )}
    </Part>
  );
}

/** Days before: nobody types anything while others wait. */
function PreparePlan({ level: Level }: { readonly level: 'h2' | 'h3' }) {
  return (
    <section className={styles.card}>
      <Level>A plan</Level>
      <p>
        Who comes, with what, when and where: written down days before, looked at for what could go
        wrong, and loaded in the ceremony from a stick.
      </p>
      <Button onPress={() => openPage('prepare')}>Prepare a ceremony</Button>
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
