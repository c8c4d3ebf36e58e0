/**
 * What a sitting of a refresh has to know.
 * @module
 */
import { policyFault } from '../../sharing/media-policy.ts';
import { shareName } from '../../sharing/refusals.ts';
import { givingSeatContext } from '../giving-context.ts';
import type { RefreshPackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy } from '../share-round.ts';
import { livingSet, type RefreshAgreed, type RefreshState } from './state.ts';

export function refreshSeatContext(
  state: RefreshState,
  refresh: RefreshPackageFacts,
  agreed: RefreshAgreed,
  seat: Seat,
): SeatContext {
  const { turn, before } = seat;
  const isNew = before !== null;
  // Whose it is, the number tells that the share had until now.
  const own = { ...turn, index: before ?? turn.index };
  const common = givingSeatContext(refresh, own, state, statementOf(state, refresh, agreed, seat));
  return {
    ...common,
    page: agreed.page,
    count: isNew ? agreed.lives.length : refresh.count,
    // Without the witness’s signature its log counts nowhere else (transcript/refresh-log.ts).
    maySkip: false,
    withoutQuorum: true,
    admit(person) {
      if (turn.role === 'operator') {
        // Every statement names this key.
        if (person.publicKey !== agreed.operator.publicKey) {
          throw refuseStep('identity-not-listed', person.name, turn.role);
        }
        return;
      }
      common.admit(person);
    },
    admitMedia(media) {
      if (refresh.policy === null) return;
      const holders = livingSet(refresh, agreed).custodians.map((one, at) => {
        const proved = state.media[at + 1] ?? [];
        const kinds = proved.length === 0 ? one.media : proved.map(({ kind }) => kind);
        return { name: one.name, media: one.index === own.index ? media : kinds };
      });
      const fault = policyFault(refresh.policy, holders);
      if (fault !== null) throw fault;
    },
  };
}

/** What a person signs, word for word; it stands in the transcript. */
function statementOf(
  state: RefreshState,
  { setLabel, count, next: generation }: RefreshPackageFacts,
  { lives }: RefreshAgreed,
  { turn, before, proved }: Seat,
): string {
  const next = `generation ${generation} of the set ${setLabel}`;
  if (turn.index === null) {
    const did = turn.role === 'witness' ? 'watched' : 'led';
    const saw = seenBy(state, turn).map((what) => ` I saw that ${what}.`);
    const made = `I ${did} the ceremony in which ${lives.length} shares of the set ${setLabel} became others, ${next}, one after the other.`;
    return `${made}${saw.join('')} Nothing was put together. The transcript up to here is what happened.`;
  }
  const gave = `I gave ${shareName(before ?? turn.index, count)} of the set ${setLabel} so that another one is made of it, and for nothing else.`;
  if (before === null) return gave;
  const places = proved.map(({ description }) => description).join(' and ');
  return `${gave} I hold ${shareName(turn.index, lives.length)}, ${next}, on ${places}. It was read back from there in front of me, and nobody else saw it.`;
}
