/**
 * Recover: the address that the escrow keeps, beside the account's today and the one that the
 * person gave. The people decide; no address leaves this screen.
 * @module
 */
import { useState } from 'react';
import type { Comparison, EmailOutcome } from '../../shared/bundle/escrowed-email.ts';
import type { ComparedAddress, ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Notice } from '../../ui/Note.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './EscrowedEmail.module.css';

type Shown = ViewOf<'escrowed-email'>;

const HEADINGS: Readonly<Record<EmailOutcome, string>> = {
  matched: 'Compare the e-mail addresses, letter by letter',
  differs: 'Stop and look: the e-mail addresses differ',
  none: 'Note that this escrow keeps no e-mail address',
  missing: 'Stop and think: the e-mail address is missing',
  'not-openable': 'Stop and think: the e-mail address does not open',
  'not-comparable': 'Stop and think: there is no address to compare with',
};

export function EscrowedEmail({ view }: ScreenProps<'escrowed-email'>) {
  const [asks, setAsks] = useState<'stop' | 'go-on' | null>(null);
  const back = () => setAsks(null);
  if (asks === 'stop') {
    return (
      <ReasonForm
        heading="Say why you stop"
        turn={view.turn}
        action="Stop: make no bundle"
        onReason={(reason) => say({ type: 'escrowed-email', decision: 'stop', reason })}
        back={back}
      >
        This ceremony becomes void, and the key that was opened is forgotten. Nothing changes at
        sync. The reason stands in the transcript: write no address in it.
      </ReasonForm>
    );
  }
  if (asks === 'go-on') {
    return (
      <ReasonForm
        heading="Say how you know that it is the same person"
        turn={view.turn}
        action="Go on with this reason"
        onReason={(reason) => say({ type: 'escrowed-email', decision: 'go-on', reason })}
        back={back}
      >
        The bundle will carry how the addresses compared, and your reason. Two approvers at sync
        read both before anything is committed. Write no address in it.
      </ReasonForm>
    );
  }
  const { outcome, addresses, facts } = view;
  const goesOn = outcome === 'matched' || outcome === 'none';
  const stop = (
    <Button kind={goesOn ? 'quiet' : 'primary'} onPress={() => setAsks('stop')}>
      {goesOn ? 'Something does not fit: stop' : 'Stop: make no bundle'}
    </Button>
  );
  return (
    <Stage heading={HEADINGS[outcome]} turn={view.turn}>
      <p>
        The escrow of survey {facts.surveyId} was made for {facts.userName} (user {facts.userId}).
        {addresses === null
          ? ''
          : ' It keeps the address of that day. Read the addresses aloud, and write none down.'}
      </p>
      {addresses === null ? null : <Addresses addresses={addresses} />}
      <Verdict outcome={outcome} />
      <Actions>
        {goesOn ? (
          <Button kind="primary" onPress={() => say({ type: 'escrowed-email', decision: 'go-on' })}>
            {outcome === 'none'
              ? 'Go on without an address'
              : 'It is the address of the person who asks'}
          </Button>
        ) : (
          stop
        )}
        {goesOn ? stop : <Button onPress={() => setAsks('go-on')}>Go on with a reason</Button>}
      </Actions>
    </Stage>
  );
}

function Addresses({ addresses }: { addresses: NonNullable<Shown['addresses']> }) {
  return (
    <Facts
      facts={[
        { name: 'In the escrow', value: addresses.escrowed, code: true },
        { name: 'Account today', value: <Beside one={addresses.account} none="It has none" /> },
        {
          name: 'Given by the person',
          value: <Beside one={addresses.stated} none="None was recorded" />,
        },
      ]}
    />
  );
}

const MARKS: Readonly<Record<Comparison, { icon: IconName; word: string }>> = {
  same: { icon: 'done', word: 'The same' },
  differs: { icon: 'stop', word: 'DIFFERS' },
  none: { icon: 'question', word: '' },
};

function Beside({ one, none }: { one: ComparedAddress; none: string }) {
  const { icon, word } = MARKS[one.comparison];
  const capitals = one.comparison === 'same' && !one.exact;
  return (
    <>
      {one.address === null ? null : <span className={styles.address}>{one.address}</span>}
      <span className={`${styles.mark} ${styles[one.comparison]}`}>
        <Icon name={icon} />
        {one.address === null ? none : word}
        {capitals ? ', but for capital letters' : ''}
      </span>
    </>
  );
}

function Verdict({ outcome }: { outcome: EmailOutcome }) {
  switch (outcome) {
    case 'matched':
      return (
        <Notice tone="good" title="They are the same.">
          <p>
            Whoever takes an account over usually changes its address. As far as sync can tell, that
            did not happen. Who is asking, only the identity check says.
          </p>
        </Notice>
      );
    case 'differs':
      return (
        <Notice tone="bad" title="Somebody changed an address, or somebody else is asking.">
          <p>
            Addresses change honestly, and accounts are taken over by changing them. Ring the person
            on a number from the hospital’s own directory, not from the request. A sign such as
            ‹U+0430› stands for a letter that only looks like another.
          </p>
        </Notice>
      );
    case 'none':
      return (
        <Notice tone="warn" title="CheckTick’s table says the same: none was put in.">
          <p>There is nothing to compare. The transcript and sync will say so.</p>
        </Notice>
      );
    case 'missing':
      return (
        <Notice tone="bad" title="CheckTick’s table says that there is one. Vault holds none.">
          <p>Somebody or something removed it. Ask whoever runs CheckTick before you go on.</p>
        </Notice>
      );
    case 'not-openable':
      return (
        <Notice tone="bad" title="It is damaged, of another user, or sealed under another key.">
          <p>
            The survey’s key did open, so the platform key is right. Somebody or something changed
            the address in Vault. Ask whoever runs CheckTick before you go on.
          </p>
        </Notice>
      );
    case 'not-comparable':
      return (
        <Notice tone="warn" title="The account has no address, and none was recorded at the check.">
          <p>Ask the person for the address of that time, by a way that you know is theirs.</p>
        </Notice>
      );
  }
}
