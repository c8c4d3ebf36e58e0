/**
 * The effects that a rotation of the shares alone has: both are the worker's.
 * @module
 */
import type { RotatePackage } from '../../../shared/bundle/package.ts';
import type { EffectContext } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';

function needRotation({ gathered }: EffectContext): RotatePackage {
  const { body } = need(gathered.package);
  if (body.kind !== 'rotate-shares') {
    throw refuseHost('package-other-kind', body.kind, 'rotate-shares');
  }
  return body;
}

export const rotateExecutors: Pick<Executors, 'open-rotate-package' | 'renew-key'> = {
  async 'open-rotate-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const person = 'the operator';
    const worker = await context.worker();
    await worker.askInWindow(person, 'open-rotate-package', {
      body: needRotation(context),
      manifest: need(gathered.manifest).body,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
    });
    return { type: 'package-opened' };
  },

  async 'renew-key'(_effect, context) {
    const { nonce } = needRotation(context);
    const manifest = need(context.gathered.manifest).body;
    const renewed = await (await context.worker()).ask('renew-key', { nonce, manifest });
    return { type: 'key-renewed', ...renewed };
  },
};
