/**
 * The effects that a rotation alone has: both are the worker's.
 * @module
 */
import type { NewVersionPackage, RotatePackage } from '../../../shared/bundle/package.ts';
import { NEW_KEY_BYTES } from '../../../shared/bundle/rotate.ts';
import type { RenewedKey } from '../../../shared/ceremony/types.ts';
import type { EffectContext } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import { isRotationPackage, type RotationPackage } from './package-facts.ts';
import { refuseHost } from './refusals.ts';

function needRotation({ gathered }: EffectContext): RotationPackage {
  const { body } = need(gathered.package);
  if (!isRotationPackage(body)) throw refuseHost('package-other-kind', body.kind, 'rotate-shares');
  return body;
}

/** With sync's half in it. */
function needSealed(context: EffectContext): RotatePackage | NewVersionPackage {
  const body = needRotation(context);
  if (body.kind === 'add-set') throw refuseHost('package-other-kind', body.kind, 'rotate-shares');
  return body;
}

export const rotateExecutors: Pick<Executors, 'open-rotate-package' | 'renew-key'> = {
  async 'open-rotate-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const person = 'the operator';
    const worker = await context.worker();
    await worker.askInWindow(person, 'open-rotate-package', {
      body: needSealed(context),
      manifest: need(gathered.manifest).body,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
    });
    return { type: 'package-opened' };
  },

  async 'renew-key'(_effect, context) {
    return { type: 'key-renewed', ...(await renewed(context)) };
  },
};

async function renewed(context: EffectContext): Promise<RenewedKey> {
  const body = needRotation(context);
  const of = { nonce: body.nonce, manifest: need(context.gathered.manifest).body };
  const worker = await context.worker();
  switch (body.kind) {
    case 'rotate-shares':
      return worker.ask('renew-key', of);
    case 'new-version': {
      const { nextVersion: keyVersion } = body;
      return worker.ask('make-next-key', { ...of, keyVersion, componentBytes: NEW_KEY_BYTES });
    }
    case 'add-set':
      return worker.ask('restore-component', of);
  }
}
