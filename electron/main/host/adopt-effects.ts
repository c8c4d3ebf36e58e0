/**
 * The effects that an adoption alone has: all of them are the worker's.
 * @module
 */
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';

type Own =
  | 'open-adopt-package'
  | 'take-legacy'
  | 'forget-legacy'
  | 'judge-legacy'
  | 'prove-legacy'
  | 'prove-by-owner'
  | 'restore-legacy'
  | 'split-legacy'
  | 'write-legacy'
  | 'read-legacy-back'
  | 'end-new-legacy';

export const adoptExecutors: Pick<Executors, Own> = {
  async 'open-adopt-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const { body } = need(gathered.package);
    if (body.kind !== 'adopt') throw refuseHost('package-other-kind', body.kind, 'adopt');
    const person = 'the operator';
    const input = { body, volumeId, rehearsalFolder: platform.rehearsalFolder, person };
    await (await context.worker()).askInWindow(person, 'open-adopt-package', input);
    return { type: 'adopt-package-opened' };
  },

  async 'take-legacy'({ by, how, whole, listed }, context) {
    const worker = await context.worker();
    const taken = await worker.askInWindow(by, 'take-legacy', {
      person: by,
      how,
      whole,
      listed,
    });
    return { type: 'legacy-taken', by, ...taken };
  },

  async 'forget-legacy'({ id }, context) {
    await (await context.worker()).ask('forget-legacy', { id });
    return { type: 'legacy-forgotten', id };
  },

  async 'judge-legacy'({ threshold, listed }, context) {
    const judgement = await (await context.worker()).ask('judge-legacy', { threshold, listed });
    return { type: 'legacy-judged', judgement };
  },

  async 'prove-legacy'(_effect, context) {
    const proof = await (await context.worker()).ask('prove-legacy', {});
    return { type: 'legacy-proved', proof };
  },

  async 'prove-by-owner'({ owner }, context) {
    const worker = await context.worker();
    const proof = await worker.askInWindow(`${owner} (owner)`, 'prove-by-owner', { owner });
    return { type: 'legacy-proved', proof };
  },

  async 'restore-legacy'({ place, answers }, context) {
    const restored = await (await context.worker()).ask('restore-legacy', { place, answers });
    return { type: 'legacy-restored', ...restored };
  },

  async 'split-legacy'({ threshold, count }, context) {
    await (await context.worker()).ask('split-legacy', { threshold, count });
    return { type: 'new-legacy-split' };
  },

  async 'write-legacy'({ number, volumeId }, context) {
    const { rehearsalFolder } = context.platform;
    const worker = await context.worker();
    const written = await worker.ask('write-legacy', { number, volumeId, rehearsalFolder });
    return { type: 'new-legacy-written', volumeId, ...written };
  },

  async 'read-legacy-back'({ number, volumeId }, context) {
    const { rehearsalFolder } = context.platform;
    const worker = await context.worker();
    await worker.ask('read-legacy-back', { number, volumeId, rehearsalFolder });
    return { type: 'new-legacy-read-back' };
  },

  async 'end-new-legacy'({ proves }, context) {
    await (await context.worker()).ask('end-new-legacy', { proves });
    return { type: 'new-legacy-ended' };
  },
};
