/**
 * Ceremony logs that the laptop hands to sync for keeping. Sync does nothing with them but hand them to
 * the next laptop, in its chain.
 * @module
 */
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { ENVELOPE_LIMIT } from '../../../shared/encoding/dsse.ts';
import { requireHandedOn } from '../../../shared/transcript/handed-on.ts';
import { encodeLog, head, parseLog } from '../../../shared/transcript/log.ts';
import type { Admin } from '../../admins/admins.ts';
import { appendEvent, saveDocument } from '../../database/documents.ts';
import { trustedDocuments } from './chain.ts';
import { type FlowContext, readSituation } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';

export interface KeptTranscript {
  /** Hash of the log's last entry. */
  readonly head: string;
  readonly kind: string;
  readonly ceremonyId: string;
  readonly bytes: number;
}

/**
 * Keeps a log that can be believed; the same one again changes nothing.
 * @throws Refusal of shared/transcript; `transcript-too-large`, `other-audience`
 */
export async function keepTranscript(
  context: FlowContext,
  admin: Admin,
  file: Uint8Array,
): Promise<KeptTranscript> {
  const { database } = context;
  if (file.length > ENVELOPE_LIMIT) throw refuseFlow('transcript-too-large', file.length);
  const log = parseLog(file);
  const { installation } = await readSituation(context);
  const { mode, kind, ceremonyId } = log.header;
  if (mode !== installation.mode) throw refuseFlow('transcript-other-mode', mode);
  const nonce = requireHandedOn(log, await trustedDocuments(context));
  const content = encodeLog(log);
  const digest = hexToBytes(head(log));
  await database.transaction(async (tx) => {
    if (!(await saveDocument(tx, { type: 'transcript', digest, content }))) return;
    const facts = { kind, ceremonyId, ...(nonce === null ? {} : { nonce }) };
    await appendEvent(tx, { type: 'transcript-kept', adminId: admin.id, subject: digest, facts });
  });
  return { head: head(log), kind, ceremonyId, bytes: content.length };
}
