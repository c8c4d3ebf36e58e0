/**
 * The effects on a share that exists: it is given, it signs, its envelope is made anew, its slot is
 * emptied.
 * @module
 */
import type { EffectContext } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import { noting } from './noting.ts';
import { printEnvelope, proveEnvelope, renewEnvelope } from './renew-envelope.ts';
import { requireWay, waysOf } from './sheet-ways.ts';
import { seatTitle } from './seat-title.ts';
import { isFullDrill } from './full-drill.ts';

/** Of a drill without sync there is no package. */
function isAlone({ transcript, gathered }: EffectContext): boolean {
  const { kind } = transcript.log.header;
  if (kind !== 'drill') return kind === 'refresh';
  return gathered.package === null || !isFullDrill(gathered.package.body);
}

type Own =
  | 'accept-share'
  | 'prove-share'
  | 'renew-envelope'
  | 'print-envelope'
  | 'prove-envelope'
  | 'erase-slot';

export const shareExecutors: Pick<Executors, Own> = {
  async 'accept-share'({ index, how, volumeId, sheet, replaced }, context) {
    requireWay(how, context);
    const { platform, gathered } = context;
    const manifest = need(gathered.manifest).body;
    const person = manifest.shares[index - 1]?.custodian.name ?? `custodian ${index}`;
    const worker = await context.worker();
    const accepted = await worker.askInWindow(
      person,
      'accept-share',
      {
        how,
        volumeId,
        rehearsalFolder: platform.rehearsalFolder,
        person,
        manifest,
        known: await context.knownSets(),
        index,
        ways: waysOf(context),
        ...(sheet === undefined ? {} : { sheet }),
        ceremonyId: context.ceremonyId,
        envelopes: await context.envelopes(),
        // A refresh needs each share for itself alone, and a drill, but for a full one.
        ...(isAlone(context) ? { alone: true as const } : {}),
        ...(replaced === undefined ? {} : { usesReplaced: true }),
      },
      noting(context, { turn: { name: person, role: 'custodian', index }, replaced }),
    );
    return { type: 'share-accepted', ...accepted };
  },

  async 'prove-share'({ index, medium }, context) {
    const { audience, nonce } = need(context.gathered.package).body;
    const { ceremonyId } = context;
    const worker = await context.worker();
    const { signature } = await worker.ask('prove-share', { index, audience, ceremonyId, nonce });
    const at = context.platform.now().getTime();
    return { type: 'share-proved', index, medium, signature, at };
  },

  'renew-envelope': (effect, context) => renewEnvelope(seatTitle(effect.turn), effect, context),

  'print-envelope': (effect, context) => printEnvelope(seatTitle(effect.turn), effect, context),

  'prove-envelope': (effect, context) => proveEnvelope(seatTitle(effect.turn), effect, context),

  async 'erase-slot'({ turn, id, ...input }, context) {
    const worker = await context.worker();
    const erased = await worker.askInWindow(seatTitle(turn), 'erase-slot', input);
    return { type: 'slot-erased', id, ...erased };
  },
};
