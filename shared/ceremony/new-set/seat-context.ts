/**
 * What a sitting has to know where a new share set is made.
 * @module
 */
import { isKeyMedium } from '../../sharing/media-kinds.ts';
import { policyFault, type Holder } from '../../sharing/media-policy.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { Plan } from '../../plan/set-plan.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import type { NewSetState } from './state.ts';

/** What each share lies on, or is going to. */
export function holdersOf({ custodians }: Plan, media: NewSetState['media']): Holder[] {
  return custodians.map(({ name, medium }, at) => {
    const proved = media[at + 1] ?? [];
    return { name, media: proved.length === 0 ? [medium] : proved.map(({ kind }) => kind) };
  });
}

/** @param aboutKey what this person signs of the key besides the usual; sentences or '' */
export function newSetSeatContext(
  state: NewSetState,
  current: Seat,
  aboutKey: string,
): SeatContext {
  const { plan: agreed, shares } = state;
  const { name, role, index } = current.turn;
  const count = agreed?.custodians.length ?? 0;
  return {
    page: agreed?.page ?? 'A4',
    count,
    shareKey: shares.find((share) => share.index === index)?.publicKey ?? null,
    // Nobody gives a share here.
    sheets: [],
    witnesses: [],
    remembers: true,
    watched: [],
    maySkip: false,
    mayUseKey: true,
    prefersKey:
      state.credentials[name] !== undefined ||
      (current.purpose === 'enrol' && isKeyMedium(current.medium)),
    statement: statementOf(current, count, mailOf(agreed, current.turn), aboutKey),
    admitMedia(media) {
      if (agreed?.policy === undefined || index === null) return;
      const holders = holdersOf(agreed, state.media);
      const fault = policyFault(
        agreed.policy,
        holders.map((holder, at) => (at + 1 === index ? { name, media } : holder)),
      );
      if (fault !== null) throw fault;
    },
    admit(person) {
      const enrolled = state.keys[name];
      if (enrolled === undefined) {
        if (person.name.toLowerCase() !== name.toLowerCase()) {
          throw refuseStep('identity-other-name', person.name, name);
        }
        const other = Object.entries(state.keys).find(([, key]) => key === person.publicKey);
        if (other !== undefined) throw refuseStep('identity-shared', name, other[0]);
      } else if (enrolled !== person.publicKey) {
        throw refuseStep('identity-not-listed', person.name, role);
      }
    },
  };
}

/** The address that was given for whoever sits there. */
function mailOf(agreed: Plan | null, { role, index }: Seat['turn']): string | undefined {
  if (index !== null) return agreed?.custodians[index - 1]?.mail;
  return role === 'witness' ? agreed?.witness.mail : undefined;
}

/** What a person signs, word for word; it stands in the transcript. */
function statementOf(
  { turn, proved }: Seat,
  count: number,
  mail: string | undefined,
  aboutKey: string,
): string {
  // Who owns the address confirms it; nobody else can tell whether it is right.
  const told = mail === undefined ? '' : ` Sync tells me of changes of the keys at ${mail}.`;
  const about = aboutKey === '' ? '' : ` ${aboutKey}`;
  if (turn.index === null) {
    const did = turn.role === 'witness' ? 'watched' : 'led';
    return `I ${did} this ceremony.${about} The transcript up to here is what happened.${told}`;
  }
  const places = proved.map(({ description }) => description).join(' and ');
  return `I hold ${shareName(turn.index, count)} on ${places}. It was read back from there in front of me, and nobody else saw it.${about}${told}`;
}
