/**
 * The ticket from the laptop, and its words as the operator there reads them out.
 * @module
 */
import { wordsFault, wordsMissing } from '../../../ui/eight.ts';
import { Field } from '../../../ui/Field.tsx';
import { base64Of } from '../lib/files.ts';
import { FilePick, type Picked } from './FilePick.tsx';

export interface TicketAndWords {
  readonly ticket: Picked | null;
  readonly words: string;
}

export const NO_TICKET: TicketAndWords = { ticket: null, words: '' };

/** As sync takes it; null: something is missing. */
export function ticketBody({ ticket, words }: TicketAndWords) {
  const ready = ticket !== null && wordsMissing(words) === 0 && wordsFault(words) === undefined;
  return ready ? { ticket: base64Of(ticket.bytes), words } : null;
}

export function TicketWords(props: {
  readonly value: TicketAndWords;
  readonly disabled: boolean;
  /** Called at each try of another file. */
  readonly onTry: () => void;
  readonly onChange: (value: TicketAndWords) => void;
}) {
  const { value, disabled, onTry, onChange } = props;
  const { ticket, words } = value;
  const missing = wordsMissing(words);
  return (
    <>
      <FilePick
        what="ticket"
        disabled={disabled}
        onTry={() => {
          onTry();
          onChange({ ...value, ticket: null });
        }}
        onFile={(picked) => onChange({ ...value, ticket: picked })}
      />
      {ticket === null ? null : (
        <>
          <p>
            <strong>{ticket.name}</strong> is chosen.
          </p>
          <Field
            label="Eight words of the ticket"
            hint={
              missing === 0
                ? 'Type them as they are read out to you at the laptop, never from a file.'
                : `Type them as they are read out to you at the laptop, never from a file. ${missing === 8 ? '' : `${missing} to go.`}`
            }
            value={words}
            onChange={(typed) => onChange({ ...value, words: typed })}
            fault={wordsFault(words)}
            wide
          />
        </>
      )}
    </>
  );
}
