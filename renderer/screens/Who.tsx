/**
 * Recover: who sits down next?
 * @module
 */
import { useState } from 'react';
import type { ExpectedPerson } from '../../shared/ceremony/loaded-plan.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Who({ view }: ScreenProps<'who'>) {
  const { waiting, progress } = view;
  const [index, setIndex] = useState<string | null>(
    waiting.length === 1 ? String(waiting[0]?.index) : null,
  );
  const missing = progress.of - progress.done;
  return (
    <Stage heading="Choose who sits down next" turn={view.turn}>
      <p>
        {progress.done} of {count(progress.of, 'share')} given. {count(missing, 'more custodian')}{' '}
        {missing === 1 ? 'is' : 'are'} needed, in any order.
      </p>
      <Choices
        label="Custodian"
        value={index}
        onChange={setIndex}
        choices={waiting.map(({ index: number, name }) => ({
          id: String(number),
          icon: 'person' as const,
          title: name,
          detail: `share ${number}`,
        }))}
      />
      <Actions>
        <Button
          kind="primary"
          disabled={index === null}
          onPress={() => index !== null && say({ type: 'who', index: Number(index) })}
        >
          This custodian is next
        </Button>
      </Actions>
      {view.expected === undefined ? null : <Expected people={view.expected} />}
    </Stage>
  );
}

const HERE = { gave: 'gave a share', came: 'came, and gave none yet' } as const;

/** By the plan; whoever is none of them stands among the custodians above all the same. */
function Expected({ people }: { readonly people: readonly ExpectedPerson[] }) {
  return (
    <section aria-label="Who was to come">
      <h2>Who was to come, by the plan</h2>
      <Facts
        facts={people.map(({ name, role, brings, here }) => ({
          name: `${name} (${role})`,
          value: here === null ? brings : HERE[here],
        }))}
      />
    </section>
  );
}
