/**
 * Real, or a rehearsal.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import { Choices } from '../../ui/Choices.tsx';

export function ModeChoice(props: {
  readonly mode: Mode;
  readonly onChange: (mode: Mode) => void;
  /** Production is refused on this laptop. */
  readonly refused: boolean;
}) {
  return (
    <Choices
      label="What it is for"
      inline
      value={props.mode}
      onChange={props.onChange}
      choices={[
        {
          id: 'production',
          title: 'A real ceremony',
          ...(props.refused ? { disabled: 'Not on this laptop.' } : {}),
        },
        { id: 'rehearsal', title: 'A rehearsal' },
      ]}
    />
  );
}
