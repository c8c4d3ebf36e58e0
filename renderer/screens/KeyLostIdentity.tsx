/**
 * A YubiKey that does not make its identity any more: what is lost, what still works, what to do.
 * @module
 */
import type { ReactNode } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import { Actions } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Stage } from '../components/Shell.tsx';

interface Props {
  readonly turn: Turn | null;
  /** Nothing was signed with it yet, and another identity can be made here. */
  readonly mayBeNew: boolean;
  readonly maySkip: boolean;
  /** Buttons. */
  readonly children: ReactNode;
}

export function KeyLostIdentity({ turn, mayBeNew, maySkip, children }: Props) {
  return (
    <Stage heading="See what is left without this YubiKey" turn={turn}>
      <Facts
        facts={[
          {
            name: 'What is lost',
            value:
              'The identity that this key makes, if it is blocked or dead: no copy exists. What was signed with it before stays valid.',
          },
          {
            name: 'What still works',
            value: `Every share on another medium, and everybody else’s identity.${maySkip ? ' Your share counts without your signature.' : ''}`,
          },
          { name: 'What to do now', value: advice(mayBeNew, maySkip) },
        ]}
      />
      <Actions>{children}</Actions>
    </Stage>
  );
}

function advice(mayBeNew: boolean, maySkip: boolean): string {
  if (mayBeNew) {
    return 'Make a new identity: on another YubiKey, on a stick or on paper. Nothing that counts was signed with the old one yet.';
  }
  const later = 'Afterwards a change of the roster gives you a new identity.';
  return maySkip
    ? `Go on without your signature; the transcript says so, and why. ${later}`
    : `Try the key in another socket. If it is lost, somebody else of the same role may sign, or this ceremony has to be declared void. ${later}`;
}
