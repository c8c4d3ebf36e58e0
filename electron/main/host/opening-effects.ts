/**
 * The effects before anybody sits down: what is loaded, and whether this laptop is fit.
 * @module
 */
import { descriptorType, parseDescriptor } from '../../../shared/bundle/descriptor.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { requireUsable } from '../../../shared/plan/plan.ts';
import type { Executors } from './executors.ts';
import { availablePrinters, keyMedia, readinessFindings } from './readiness.ts';
import { readPlan } from './plans.ts';
import { knownUnsealKeys } from './unseal-keys.ts';
import { loadPackage } from './load-package.ts';

type Own = 'load-package' | 'load-plan' | 'load-descriptor' | 'check-environment';

export const openingExecutors: Pick<Executors, Own> = {
  async 'load-plan'({ documentId }, { sticks, mode, transcript, platform, store }) {
    const { plan, digest } = await readPlan(mode, documentId, sticks);
    requireUsable(plan, { mode, ceremony: transcript.log.header.kind });
    const { length: printers } = await availablePrinters(mode, platform.rehearsalFolder);
    const { kept: unsealKeys } = await knownUnsealKeys(store, mode);
    const now = formatTime(platform.now());
    return { type: 'plan-loaded', plan, digest, now, printers, unsealKeys };
  },

  async 'load-descriptor'({ documentId }, context) {
    const { sticks, mode, store, transcript, gathered } = context;
    const descriptor = parseDescriptor(await sticks.readDocument(mode, documentId), mode);
    gathered.descriptor = descriptor;
    await transcript.addDocument(descriptor.envelope);
    const trusted = (await store.kept(mode, 'trusted')).some(
      (envelope) => descriptorType.parseEnvelope(envelope, mode).digest === descriptor.digest,
    );
    const { audience, publicKey, name } = descriptor.body;
    return {
      type: 'descriptor-loaded',
      digest: descriptor.digest,
      audience,
      publicKey,
      name,
      trusted,
    };
  },

  'load-package': loadPackage,

  async 'check-environment'(_effect, context) {
    const { platform, mode, sticks, gathered } = context;
    const planned = context.plannedMedia();
    const findings = [
      ...(await platform.checkEnvironment(mode)),
      ...readinessFindings(
        planned,
        await availablePrinters(mode, platform.rehearsalFolder),
        await sticks.list(mode),
      ),
    ];
    const media = keyMedia(planned, gathered.manifest);
    if (media.length > 0) {
      const worker = await context.worker();
      findings.push((await worker.ask('look-for-keys', { media })).finding);
    }
    return { type: 'environment-checked', findings, now: formatTime(platform.now()) };
  },
};
