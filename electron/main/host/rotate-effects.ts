/**
 * The effects that a rotation alone has: both are the worker's.
 * @module
 */
import { NEW_KEY_BYTES } from '../../../shared/bundle/rotate.ts';
import type { EffectContext } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import type { RotationPackage } from './package-facts.ts';
import { refuseHost } from './refusals.ts';

function needRotation({ gathered }: EffectContext): RotationPackage {
  const { body } = need(gathered.package);
  if (body.kind !== 'rotate-shares' && body.kind !== 'new-version') {
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
    const body = needRotation(context);
    const of = { nonce: body.nonce, manifest: need(context.gathered.manifest).body };
    const worker = await context.worker();
    const key =
      body.kind === 'rotate-shares'
        ? await worker.ask('renew-key', of)
        : await worker.ask('make-next-key', {
            ...of,
            keyVersion: body.nextVersion,
            componentBytes: NEW_KEY_BYTES,
          });
    return { type: 'key-renewed', ...key };
  },
};
