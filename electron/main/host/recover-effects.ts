/**
 * The effects in which a quorum opens something: of one person, of an organisation, of a drill.
 * @module
 */
import {
  isRecoveryPackage,
  type Package,
  type RecoveryPackage,
} from '../../../shared/bundle/package.ts';
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';
import { isFullDrill } from './full-drill.ts';

function needRecovery(body: Package): RecoveryPackage {
  if (!isRecoveryPackage(body)) throw refuseHost('package-other-kind', body.kind, 'recover');
  return body;
}

type Own = 'open-package' | 'open-test-escrow' | 'open-kek' | 'wrap-surveys';

export const recoverExecutors: Pick<Executors, Own> = {
  async 'open-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const source = need(gathered.package).body;
    const person = 'the operator';
    const asked = {
      manifest: need(gathered.manifest).body,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
    };
    const worker = await context.worker();
    if (isFullDrill(source)) {
      await worker.askInWindow(person, 'open-drill-package', { body: source, ...asked });
      return { type: 'package-opened' };
    }
    const isOther = source.kind === 'migrate-organisation' || source.kind === 'migrate-escrows';
    const body = isOther ? source : needRecovery(source);
    await worker.askInWindow(person, 'open-package', { body, ...asked });
    return { type: 'package-opened' };
  },

  async 'open-test-escrow'(_effect, context) {
    const { gathered, ceremonyId } = context;
    const { body } = need(gathered.package);
    if (!isFullDrill(body)) throw refuseHost('package-other-kind', body.kind, 'drill');
    const worker = await context.worker();
    const manifest = need(gathered.manifest).body;
    const opened = await worker.ask('open-test-escrow', { body, manifest, ceremonyId });
    return { type: 'test-escrow-opened', ...opened, at: context.platform.now().getTime() };
  },

  async 'open-kek'({ owner }, context) {
    const { gathered } = context;
    const body = needRecovery(need(gathered.package).body);
    const input = { body, manifest: need(gathered.manifest).body };
    const worker = await context.worker();
    const opened = await (owner === undefined
      ? worker.ask('open-kek', input)
      : worker
          .askInWindow(`${owner} (owner)`, 'open-kek', { ...input, owner })
          // SECURITY: the owner has no sitting whose end would do it.
          .finally(() => context.platform.clearClipboard()));
    return { type: 'kek-opened', ...opened };
  },

  async 'wrap-surveys'({ owner }, context) {
    const { gathered } = context;
    const { body } = need(gathered.package);
    if (body.kind !== 'migrate-organisation') {
      throw refuseHost('package-other-kind', body.kind, 'migrate-organisation');
    }
    const worker = await context.worker();
    const input = { body, manifest: need(gathered.manifest).body, owner };
    const wrapped = await worker
      .askInWindow(`${owner} (owner)`, 'wrap-surveys', input)
      // SECURITY: the owner has no sitting whose end would do it.
      .finally(() => context.platform.clearClipboard());
    return { type: 'surveys-wrapped', ...wrapped };
  },
};
