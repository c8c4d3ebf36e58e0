/**
 * Who holds Vault's unseal keys: said once, kept on this laptop, and warned of on home.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { HomeView } from '../../shared/ceremony/home.ts';
import { samePeople } from '../../shared/ledger/duties.ts';
import type { KeptUnsealKeys, UnsealKeysSaid } from '../../shared/ledger/unseal-keys.ts';
import { holdersOf, type OpenWay } from '../../shared/ledger/who-opens.ts';
import type { Mode } from '../../shared/mode.ts';
import { ModeTag } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Refused } from '../components/Refused.tsx';
import {
  formOf,
  keptFor,
  keptInWords,
  saidOf,
  sameInWords,
  type UnsealForm,
} from '../lib/duties.ts';
import { sayDate } from '../lib/say.ts';
import { call, loadHome } from '../lib/store.ts';
import styles from './WhoOpens.module.css';

export function UnsealKeys(props: { readonly home: HomeView; readonly mode: Mode }) {
  const { home, mode } = props;
  const kept = keptFor(home, mode);
  const unreadable = home.unsealKeys.find((one) => one.mode === mode)?.unreadable ?? null;
  const ways = home.ways.filter((way) => way.mode === mode);
  const keep = async (keys: UnsealKeysSaid | null) => {
    const done = await call('unseal-keys:say', { mode, keys });
    if (done !== undefined) await loadHome();
  };
  return (
    <section className={styles.unseal} aria-labelledby={`unseal-${mode}`}>
      <h2 id={`unseal-${mode}`}>
        Who holds Vault’s unseal keys <ModeTag mode={mode} />
      </h2>
      <p className={styles.lead}>
        Whoever holds enough of them, and enough shares, needs nobody else. Vault does not tell who
        they are, and no log does. So say it here once: this laptop keeps it, exports it with the
        ledger, and warns by itself. It is what somebody said, signed by nobody; sync does not get
        it.
      </p>
      {unreadable === null ? null : <Refused note={unreadable} />}
      {kept === null ? null : <Kept kept={kept} ways={ways} />}
      <Fields
        key={kept?.saidAt ?? ''}
        known={holdersOf(ways)}
        first={formOf(kept, ways)}
        onKeep={(keys) => void keep(keys)}
        onForget={kept === null && unreadable === null ? null : () => void keep(null)}
      />
    </section>
  );
}

/** What was said, and each way to a key for which somebody holds enough of both. */
function Kept({
  kept,
  ways,
}: {
  readonly kept: KeptUnsealKeys;
  readonly ways: readonly OpenWay[];
}) {
  const both = samePeople(ways, kept).filter(({ reachBoth }) => reachBoth);
  return (
    <Notice
      tone={both.length === 0 ? 'plain' : 'warn'}
      title={`Said on ${sayDate(kept.saidAt)}: ${both.length === 0 ? 'nobody holds enough of both.' : 'the same people hold enough of both.'}`}
    >
      <p>{keptInWords(kept, ways)}</p>
      <ul className={styles.same}>
        {both.map((one) => (
          <li key={one.way.id}>
            Set {one.way.label}: {sameInWords(one)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Fields(props: {
  readonly known: readonly string[];
  readonly first: UnsealForm;
  readonly onKeep: (keys: UnsealKeysSaid) => void;
  /** Null: there is nothing to forget. */
  readonly onForget: (() => void) | null;
}) {
  const { known, first, onKeep, onForget } = props;
  const [form, setForm] = useState(first);
  const { ticked, others, needed } = form;
  const said = saidOf(form);
  const tick = (name: string, on: boolean) => {
    const rest = [...ticked].filter((one) => one !== name);
    setForm({ ...form, ticked: new Set(on ? [...rest, name] : rest) });
  };
  return (
    <Form
      className={styles.unseal ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (said !== null) onKeep(said);
      }}
    >
      <fieldset className={styles.people}>
        <legend>Who holds an unseal key</legend>
        {known.map((name) => (
          <label key={name} className={styles.check}>
            <input
              type="checkbox"
              checked={ticked.has(name)}
              onChange={(event) => tick(name, event.target.checked)}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <Field
        label="Others who hold one"
        hint="One name on each line. Who holds several keys stands there again for each one more."
        lines={3}
        value={others}
        onChange={(text) => setForm({ ...form, others: text })}
      />
      <Field
        label="How many of the keys unseal Vault"
        value={needed}
        onChange={(text) => setForm({ ...form, needed: text })}
        fault={
          needed.trim() !== '' && said === null
            ? 'At least 1, and no more than the keys above.'
            : undefined
        }
      />
      <Actions>
        <Button kind="primary" type="submit" disabled={said === null}>
          Keep this on the laptop
        </Button>
        {onForget === null ? null : <Button onPress={onForget}>Forget it</Button>}
      </Actions>
    </Form>
  );
}
