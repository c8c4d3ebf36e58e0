/**
 * A refusal that came from the main process or the worker.
 * @module
 */
import type { RefusalNote } from '../../shared/refusal.ts';
import { Refusal } from '../../ui/Note.tsx';

export function Refused({ note }: { note: RefusalNote }) {
  return <Refusal {...note} means={[note.means]} />;
}
