/**
 * The effects of a sitting: an identity, what is written for it and read back, and its signature.
 * @module
 */
import type { Signature } from '../../../shared/encoding/dsse.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { waitForReplug } from '../../media/usb/replug.ts';
import type { Gathered } from './effect-context.ts';
import type { Executors } from './executors.ts';
import { newKeyIdentity, openKeyIdentity } from './key-identity.ts';
import { refuseHost } from './refusals.ts';
import { noting } from './noting.ts';
import { sheetOrder } from './sheet-order.ts';
import { requireWay, waysOf } from './sheet-ways.ts';
import { signAsSeated } from './sign-as-seated.ts';
import { seatTitle } from './seat-title.ts';

const WORKER_GONE = refuseHost('worker-gone').code;

/** Of new shares both sets sign: whoever vouches for either of them finds its quorum. */
function quorumsOf({ next }: Gathered): readonly { readonly of?: 'given' | 'made' }[] {
  return next === null ? [{}] : [{ of: 'given' }, { of: 'made' }];
}

type Own =
  | 'begin-seat'
  | 'new-identity'
  | 'new-key-identity'
  | 'open-identity'
  | 'write-usb'
  | 'write-key'
  | 'write-paper'
  | 'await-replug'
  | 'read-back'
  | 'seal'
  | 'end-seat';

export const seatExecutors: Pick<Executors, Own> = {
  async 'begin-seat'({ turn }, context) {
    context.platform.clearClipboard();
    await (await context.worker()).ask('begin-seat', { turn });
    return { type: 'seat-ready' };
  },

  async 'new-identity'({ turn }, context) {
    const label = context.sheet()?.setLabel;
    const first = label === undefined ? [] : [label];
    await (await context.worker()).askInWindow(seatTitle(turn), 'new-identity', { first });
    return { type: 'words-written-down' };
  },

  'new-key-identity': ({ turn }, context) => newKeyIdentity(seatTitle(turn), context),

  async 'open-identity'({ turn, how, volumeId }, context) {
    const { sticks, mode } = context;
    if (how === 'key') return openKeyIdentity(seatTitle(turn), context);
    const volumePath = volumeId === null ? null : (await sticks.find(mode, volumeId)).path;
    const ways = waysOf(context).filter((way): way is 'camera' | 'file' => way !== 'typed');
    const worker = await context.worker();
    const opened = await worker.askInWindow(seatTitle(turn), 'open-identity', {
      how,
      volumePath,
      ways,
    });
    return { type: 'identity-opened', ...opened };
  },

  async 'write-usb'({ turn, volumeId, withIdentity }, context) {
    const worker = await context.worker();
    const input = {
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
      sheet: context.sheet(),
    };
    const { records, volumeLabel } = await worker
      .ask('write-usb', input)
      .catch((error: unknown) => {
        // The worker forgot the six words when it wrote the first time: they are typed again.
        if (!(error instanceof Refusal) || error.code !== 'passphrase-needed') throw error;
        return worker.askInWindow(seatTitle(turn), 'write-usb', input);
      });
    return { type: 'written', records, volumeId, volumeLabel };
  },

  async 'write-key'({ turn, medium, volumeId, paper, withIdentity }, context) {
    const worker = await context.worker();
    const { ceremonyId } = context;
    const { rehearsalFolder } = context.platform;
    const { records, volumeLabel, keys, warning } = await worker.askInWindow(
      seatTitle(turn),
      'write-key',
      {
        medium,
        volumeId,
        rehearsalFolder,
        ...(paper === undefined ? {} : { paper: sheetOrder(turn, paper, context) }),
        withIdentity,
        ceremonyId,
        liveSlots: await context.liveSlots(),
      },
      // Before the slot changes: the register of a sitting that is cut off names it all the same.
      noting(context, { turn }),
    );
    return { type: 'written', records, volumeId, volumeLabel, keys, warning };
  },

  async 'write-paper'({ turn, printerId, page, sheetNumber, withIdentity }, context) {
    const worker = await context.worker();
    const order = sheetOrder(turn, { printerId, page, sheetNumber }, context);
    const { records, warning } = await worker.ask('write-paper', { ...order, withIdentity });
    return { type: 'written', records, volumeId: null, volumeLabel: null, warning };
  },

  async 'await-replug'({ volumeId }, { sticks, mode, signal }) {
    const { volume } = await waitForReplug(await sticks.lastSeen(mode, volumeId), { mode, signal });
    return { type: 'replugged', volumeId: volume.id };
  },

  async 'read-back'({ turn, key, how, volumeId, withIdentity, sheetNumber }, context) {
    requireWay(how, context);
    const worker = await context.worker();
    const read = await worker.askInWindow(seatTitle(turn), 'read-back', {
      how,
      ...(key === undefined ? {} : { key }),
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
      sheetNumber,
    });
    return { type: 'read-back-done', ...read };
  },

  async seal({ withQuorum }, context) {
    const worker = await context.worker();
    await context.transcript.seal(async (message) => {
      const person = await signAsSeated(context, message);
      const quorums = withQuorum
        ? await Promise.all(
            quorumsOf(context.gathered).map((of) =>
              worker.ask('sign-quorum', { messages: [message], ...of }),
            ),
          )
        : [];
      return [
        { keyid: person.keyid, sigs: person.signatures },
        ...quorums.flatMap(({ signatures }) => signatures),
      ].flatMap(({ keyid, sigs: [sig] }): Signature[] =>
        sig === undefined ? [] : [{ keyid, sig }],
      );
    });
    return { type: 'sealed' };
  },

  async 'end-seat'(_effect, context) {
    context.platform.clearClipboard();
    try {
      await (await context.worker()).ask('end-seat', {});
    } catch (error) {
      // With the worker everything that was the person's is gone, too.
      if (!(error instanceof Refusal) || error.code !== WORKER_GONE) throw error;
    }
    return { type: 'seat-ended' };
  },
};
