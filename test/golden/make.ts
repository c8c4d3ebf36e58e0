/**
 * Makes the golden files of format version 1. It was run once; the files must decode for ever, so
 * it is run again only for a new format version, into a new folder.
 *
 *     npx tsx test/golden/make.ts
 *
 * People, ids and components come from a seed; the points of the split and the encapsulations of
 * HPKE come from the platform, so a second run makes other files of the same form.
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { approvalType } from '../../shared/bundle/approval.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { receiptType } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { DocumentType, Parsed } from '../../shared/encoding/document.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { toQrText } from '../../shared/encoding/qr-text.ts';
import { encodeIdentity } from '../../shared/identity/identity.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import { MODES, type Mode } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { sharePublicKey } from '../../shared/sharing/share-key.ts';
import { wordsOf } from '../../shared/transcript/anchor.ts';
import { withholdLeaf } from '../../shared/transcript/entry.ts';
import { encodeLog, head } from '../../shared/transcript/log.ts';
import { sealType } from '../../shared/transcript/seal.ts';
import { makeApproval, makeBundle, makeRecoverPackage, makeSetupPackage } from '../support/documents.ts';
import { makeChain, makeReceipt } from '../support/receipts.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { makeRecoverLog, makeSplitLog } from '../support/logs.ts';
import { seededRandom } from '../support/people.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

async function make(mode: Mode): Promise<void> {
  const folder = path.join(here, 'v1', mode);
  if (existsSync(folder)) throw new Error(`${folder} exists: golden files are never made again.`);
  mkdirSync(folder, { recursive: true });
  const documents: Record<string, unknown> = {};
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  const keep = <T extends { readonly mode: Mode }>(
    name: string,
    type: DocumentType<T>,
    document: Parsed<T>,
  ) => {
    put(`${name}.json`, type.toBytes(document));
    const { body, digest, envelope } = document;
    const signedBy = envelope.signatures.map(({ keyid }) => keyid);
    documents[name] = {
      type: type.payloadType(mode),
      digest,
      words: wordsOf(digest),
      signedBy,
      body,
    };
  };

  const random = seededRandom(`golden ${mode}`);
  const set = await makeShareSet({ mode, random });
  const setupPackage = await makeSetupPackage(set, { random });
  const recoverPackage = await makeRecoverPackage(set, { random });
  const setup = await makeBundle(set, { package: setupPackage, random });
  const recover = await makeBundle(set, { kind: 'recover', package: recoverPackage, random });
  const receipt = await makeReceipt(set, recover);
  const { ticket } = recoverPackage;
  if (ticket === null) throw new Error('A recovery has a ticket.');
  keep('roster', rosterType, set.roster);
  keep('share-set', manifestType, set.manifest);
  keep('descriptor', descriptorType, set.sync.descriptor);
  keep('ticket', ticketType, ticket.document);
  keep('package-setup', packageType, setupPackage.document);
  keep('package-recover', packageType, recoverPackage.document);
  keep('bundle-setup', bundleType, setup.document);
  keep('bundle-recover', bundleType, recover.document);
  keep('receipt', receiptType, receipt);
  put('chain.json', makeChain(set, [receipt]));
  const shares = set.shares.map((share, at) => {
    put(`share-${share.index}.cbor`, set.wires[at] ?? new Uint8Array());
    return { ...share, y: bytesToHex(share.y), publicKey: sharePublicKey(share) };
  });
  const { identity, signer } = set.cast.operator;
  put('identity.cbor', encodeIdentity(identity));
  const [, wire = new Uint8Array()] = set.wires;
  const sheets = [1, 2].map((sheet) => ({
    share: 2,
    sheet,
    code: toQrText('share', wire, sheet),
    lines: toTypedLines('share', wire, sheet),
  }));
  put('sheets.json', new TextEncoder().encode(`${JSON.stringify(sheets, null, 1)}\n`));
  const split = await makeSplitLog(set, { random });
  const recovery = await makeRecoverLog(set, { random, begin: 86_400 });
  const seal = split.log.items.flatMap((item) => ('seal' in item ? [item.seal] : []))[0];
  if (seal !== undefined) keep('transcript-seal', sealType, seal);
  put('log-split.jsonl', split.bytes);
  put('log-recover.jsonl', recovery.bytes);
  const items = split.log.items.map((item) =>
    'entry' in item ? { entry: withholdLeaf(item.entry, 'custodian') } : item,
  );
  put('log-withheld.jsonl', encodeLog({ ...split.log, items }));
  const expected = {
    documents,
    shares,
    identity: { name: identity.name, seed: bytesToHex(identity.seed), publicKey: signer.keyid },
    heads: { 'log-split': head(split.log), 'log-recover': head(recovery.log) },
    secrets: {
      component: bytesToHex(set.component),
      vaultComponent: bytesToHex(set.vaultComponent),
      platformKey: bytesToHex(set.platformKey),
      recipientPrivateKey: bytesToHex(set.sync.recipient.privateKey),
      ticketPrivateKey: bytesToHex(ticket.keys.privateKey),
      setup: bytesToHex(setup.secret),
      recover: bytesToHex(recover.secret),
    },
  };
  put('expected.json', new TextEncoder().encode(`${JSON.stringify(expected, null, 1)}\n`));
  const approval = await approvalType.sign(makeApproval(mode, {}, random), [signer]);
  put('approval.json', approvalType.toBytes(approval));
  const { body, digest } = approval;
  const approvalFacts = { digest, publicKey: signer.keyid, body };
  put('approval-expected.json', new TextEncoder().encode(`${JSON.stringify(approvalFacts, null, 1)}\n`));
}

for (const mode of MODES) await make(mode);
