/**
 * A row of the audit list as people read it. Mail addresses are shortened: who was told is known by
 * the domain and the first letter, and by the request.
 * @module
 */
import { parseStatement } from '../../shared/bundle/approval.ts';
import type { Mode } from '../../shared/mode.ts';
import { Refusal } from '../../shared/refusal.ts';
import { eventSentence } from '../database/event-types.ts';
import { shortAddresses } from '../mail/short-address.ts';
import type { AuditRow } from './entries.ts';
import { writePlace } from './place.ts';

export interface AuditEntry {
  /** Names this entry for ever; also the place after which a list goes on. */
  readonly id: string;
  /** With microseconds, UTC. */
  readonly at: string;
  readonly type: string;
  readonly sentence: string;
  /** The admin who did it; null: sync itself, or somebody unknown. */
  readonly by: string | null;
  readonly adminId: string | null;
  /** Digest in hex. */
  readonly subject: string | null;
  readonly facts: readonly (readonly [string, string])[];
}

function factText(value: unknown): string {
  if (Array.isArray(value)) return value.map(factText).join(', ');
  if (typeof value === 'string') return shortAddresses(value);
  return shortAddresses(JSON.stringify(value) ?? '');
}

function shownFacts(facts: AuditRow['facts']): (readonly [string, string])[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name, factText(value)]);
}

/** What was signed: its sentence and what it was about. Changed bytes are said to be changed. */
function approvalOf({ facts, statement }: AuditRow, mode: Mode) {
  const reason = factText(facts['reason'] ?? '');
  if (statement === null) {
    return { sentence: `Approved without a signature, which does not count: ${reason}`, more: [] };
  }
  try {
    const { sentence, subject, nonce } = parseStatement(statement, mode);
    return {
      sentence: `Signed: ${shortAddresses(sentence)} Reason: ${reason}`,
      more: [
        ['about', subject],
        ['statement', nonce],
      ] as const,
    };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return {
      sentence: 'The statement of this approval was changed beside sync, and cannot be read.',
      more: [],
    };
  }
}

function mailSentence(facts: AuditRow['facts']): string {
  const ends: Readonly<Record<string, string>> = {
    sent: `sent at ${factText(facts['sentAt'] ?? 'an unknown time')}`,
    failed: 'given up',
    waiting: 'waits to be sent',
  };
  const end = ends[factText(facts['state'])] ?? factText(facts['state']);
  return `Mail to ${factText(facts['to'])}, “${factText(facts['about'])}”: ${end}`;
}

export function showEntry(row: AuditRow, mode: Mode): AuditEntry {
  const { at, type, adminName, adminId, subject, facts } = row;
  const common = { id: writePlace(row), at, type, by: adminName, adminId, subject };
  if (type === 'approval-signed') {
    const { sentence, more } = approvalOf(row, mode);
    return { ...common, sentence, facts: [...shownFacts(facts), ...more] };
  }
  const sentence =
    type === 'mail-told' ? mailSentence(facts) : shortAddresses(eventSentence(type, facts));
  return { ...common, sentence, facts: shownFacts(facts) };
}
