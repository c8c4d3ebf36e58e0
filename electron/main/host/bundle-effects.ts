/**
 * The effects at the end: the page for the witness, the bundle, the receipt.
 * @module
 */
import { parseReceipt } from '../../../shared/bundle/receipt.ts';
import { encodeEnvelope } from '../../../shared/encoding/dsse.ts';
import { makeBundle } from './bundle-maker.ts';
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';
import { requireMovedFiles } from './move-effects.ts';
import { documentName } from './sticks.ts';
import { printWitnessPage } from './witness-page.ts';

type Own = 'print-witness-page' | 'make-bundle' | 'save-bundle' | 'import-receipt';

export const bundleExecutors: Pick<Executors, Own> = {
  'print-witness-page': ({ printerId, page }, context) =>
    printWitnessPage(printerId, page, context),

  'make-bundle': (effect, context) => makeBundle(context, effect),

  async 'save-bundle'({ volumeId }, { sticks, mode, transcript, gathered, ceremonyId }) {
    const bundle = need(gathered.bundle);
    if (bundle.body.kind === 'migrate-escrows') {
      await requireMovedFiles(await sticks.find(mode, volumeId), bundle.body.files);
    }
    // Of new shares the new one: sync has the other.
    const { manifest } = gathered.next ?? { manifest: need(gathered.manifest) };
    const description = await sticks.write(
      mode,
      volumeId,
      new Map([
        [documentName('bundle', bundle.digest), encodeEnvelope(bundle.envelope)],
        [documentName('manifest', manifest.digest), encodeEnvelope(manifest.envelope)],
        [documentName('log', ceremonyId, 'jsonl'), transcript.bytes()],
      ]),
    );
    return { type: 'bundle-saved', description };
  },

  async 'import-receipt'({ documentId }, { sticks, mode, transcript, gathered }) {
    const bytes = await sticks.readDocument(mode, documentId);
    const receipt = parseReceipt(bytes, mode, need(gathered.descriptor).body);
    const { nonce, bundleDigest, outcome, statement } = receipt.body;
    const isOurs =
      nonce === need(gathered.package).body.nonce &&
      (bundleDigest === need(gathered.bundle).digest ||
        (bundleDigest === null && outcome !== 'committed'));
    if (!isOurs) throw refuseHost('receipt-of-another');
    await transcript.addDocument(receipt.envelope);
    return { type: 'receipt-imported', digest: receipt.digest, outcome, statement };
  },
};
