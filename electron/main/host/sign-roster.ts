/**
 * Signing the next roster with the keys of the shares that were given.
 * @module
 */
import { setBytes, verifyPackagedSet } from '../../../shared/bundle/packaged-set.ts';
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { assertFollows } from '../../../shared/identity/roster-change.ts';
import { parseRoster, rosterType, type RosterDocument } from '../../../shared/identity/roster.ts';
import type { EffectContext } from './effect-context.ts';
import { refuseHost } from './refusals.ts';
import { signWithQuorum } from './sign-set.ts';
import { addOnce } from './transcript-writer.ts';

type SignRoster = Extract<Effect, { effect: 'sign-roster' }>;

/**
 * Judged by the receiver's own rules before anybody goes on. Signed once: what was signed and could
 * not be written down (a full disk) is written down now, so that the witness's words stay the same.
 */
export async function signRoster(
  { people, admins }: SignRoster,
  context: EffectContext,
): Promise<HostEvent> {
  const { transcript, gathered } = context;
  const present = presentRoster(context);
  const before = gathered.roster;
  const roster =
    before !== null && before.digest !== present.digest
      ? before
      : await sign(people, present, context);
  gathered.roster = roster;
  gathered.newAdmins = admins;
  await addOnce(transcript, roster.envelope);
  return {
    type: 'roster-signed',
    rosterDigest: roster.digest,
    words: eightWords(hexToBytes(roster.digest)),
  };
}

/** The roster in force, as sync's package brought it. */
function presentRoster({ gathered, mode }: EffectContext): RosterDocument {
  const from = gathered.package?.body;
  if (from === undefined) throw new Error('The machine signs too early.');
  if (from.kind !== 'roster') throw refuseHost('package-other-kind', from.kind, 'roster');
  return verifyPackagedSet(setBytes(from), mode).roster;
}

async function sign(
  people: SignRoster['people'],
  present: RosterDocument,
  context: EffectContext,
): Promise<RosterDocument> {
  const { mode, gathered, platform } = context;
  const { manifest } = gathered;
  if (manifest === null) throw new Error('The machine signs too early.');
  const bytes = await signWithQuorum(context, rosterType, {
    mode,
    serial: present.body.serial + 1,
    people: [...people],
    createdAt: formatTime(platform.now()),
    previous: present.digest,
  });
  const roster = parseRoster(bytes, mode, manifest.body);
  assertFollows(roster.body, present, manifest.body);
  return roster;
}
