/**
 * What a roster bundle would do, in words: for approvers, for the queue, for the console.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { Bundle, RosterBundle } from '../../shared/bundle/bundle.ts';
import type { NewAdmins } from '../../shared/bundle/new-admins.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { type Roster, rosterType } from '../../shared/identity/roster.ts';
import { wordsOf } from '../trust/eight-words.ts';

/** All keys of all admins are lost, and the bundle names two new ones. */
export function replacesAdmins(body: Bundle): boolean {
  return body.kind === 'roster' && body.admins !== null;
}

/** The roster in a bundle that was verified before. */
export function rosterIn(body: RosterBundle): Roster {
  return rosterType.parseEnvelope(decodeEnvelope(encodeJson(body.roster), 'roster'), body.mode)
    .body;
}

/** One sentence without its end. */
export function rosterInWords(roster: Roster, admins: NewAdmins | null): string {
  const names = admins?.map(({ name }) => asOneLine(name)).join(' and ');
  return names === undefined
    ? `Put roster ${roster.serial} in force: who takes part changes, and no share`
    : `Put roster ${roster.serial} in force, disable every admin of this sync, and make ${names} its two admins`;
}

/** The roster, and facts to show: who takes part, and who the two new admins are. */
export function describeRoster(body: RosterBundle): {
  readonly roster: Roster;
  readonly admins: Readonly<Record<string, string>>;
} {
  const roster = rosterIn(body);
  const people = roster.people.map(({ name, roles }) => `${asOneLine(name)} (${roles.join(', ')})`);
  const admins = (body.admins ?? []).map(
    ({ name, userId, roles, publicKey }, at) =>
      [
        `new admin ${at + 1}`,
        `${asOneLine(name)}, user ${userId} of CheckTick: ${roles.join(', ')}; key in words: ${wordsOf(publicKey)}`,
      ] as const,
  );
  return {
    roster,
    admins: {
      'takes part': asOneLine(people.join(', '), 1_000),
      // Not its words: those are typed from the witness's paper, never copied from here.
      roster: body.rosterDigest,
      ...Object.fromEntries(admins),
    },
  };
}
