/**
 * Whom does it take? People are ticked, and each key and set says whether they could open it.
 * @module
 */
import { useState } from 'react';
import type { HomeView } from '../../shared/ceremony/home.ts';
import { couldOpen, holdersOf, type CouldOpen } from '../../shared/ledger/who-opens.ts';
import { ModeTag } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { besidesInWords, waySentence, wayTitle } from '../lib/who-opens.ts';
import { MODES } from '../../shared/mode.ts';
import { openPage } from '../lib/store.ts';
import { HomeFrame } from './Home.tsx';
import { UnsealKeys } from './UnsealKeys.tsx';
import styles from './WhoOpens.module.css';

export function WhoOpens({ home }: { readonly home: HomeView }) {
  const { ways, application } = home;
  const [people, setPeople] = useState<ReadonlySet<string>>(new Set());
  const tick = (name: string, on: boolean) => {
    const others = [...people].filter((one) => one !== name);
    setPeople(new Set(on ? [...others, name] : others));
  };
  return (
    <HomeFrame heading="Whom does it take?" application={application}>
      <div>
        <p className={styles.lead}>
          Tick people. Counted is what this laptop’s logs say they hold and nobody saw destroyed;
          copies that nobody listed are not in them.
        </p>
      </div>
      <div className={styles.columns}>
        <fieldset className={styles.people}>
          <legend>People</legend>
          {holdersOf(ways).map((name) => (
            <label key={name} className={styles.check}>
              <input
                type="checkbox"
                checked={people.has(name)}
                onChange={(event) => tick(name, event.target.checked)}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <div className={styles.answer} aria-live="polite">
          {couldOpen(ways, people).map((one) => (
            <Answer key={one.way.id} answer={one} people={people.size} />
          ))}
          <Actions>
            <Button onPress={() => openPage('home')}>Back to home</Button>
          </Actions>
        </div>
      </div>
      {MODES.filter((mode) => ways.some((way) => way.mode === mode)).map((mode) => (
        <div key={mode}>
          <UnsealKeys home={home} mode={mode} />
        </div>
      ))}
    </HomeFrame>
  );
}

function Answer({ answer, people }: { readonly answer: CouldOpen; readonly people: number }) {
  const { way, opens } = answer;
  return (
    <section className={styles.way}>
      <h2>
        {wayTitle(way)} <ModeTag mode={way.mode} />
      </h2>
      <p className={opens ? styles.opens : ''}>
        {opens ? <Icon name="warning" /> : null} {waySentence(answer, people)}
      </p>
      <p className={styles.besides}>{besidesInWords(way)}</p>
    </section>
  );
}
