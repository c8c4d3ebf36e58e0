/**
 * Tickets: made beside ceremonies, by an operator alone.
 * @module
 */
import { parseDescriptor, type DescriptorDocument } from '../../../shared/bundle/descriptor.ts';
import { parseTicket, ticketType } from '../../../shared/bundle/ticket.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { encodeEnvelope, preAuthEncoding, withSignatures } from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import { assertWords } from '../../../shared/ceremony/opening.ts';
import { PROBE_IDS, stopping } from '../../../shared/ceremony/laptop-check.ts';
import type { Mode } from '../../../shared/mode.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import type { Knowledge } from './knowledge.ts';
import type { Platform } from './ports.ts';
import { refuseHost } from './refusals.ts';
import { signInWindow } from './sign-as-seated.ts';
import { documentName, type Sticks } from './sticks.ts';
import type { Store } from './store.ts';
import { startWorkerClient, type WorkerClient } from './worker-client.ts';

interface TicketDeps {
  readonly platform: Platform;
  readonly sticks: Sticks;
  readonly knowledge: Knowledge;
  readonly store: Store;
}

/**
 * Makes a ticket: the operator's identity is opened, a key pair is made, its private half goes
 * into an age file on the operator's stick, and the ticket is signed and laid beside it.
 */
export async function makeTicket(
  input: Input<'ticket:make'>,
  deps: TicketDeps,
): Promise<Output<'ticket:make'>> {
  const { platform, sticks, knowledge } = deps;
  const { mode, volumeId } = input;
  // SECURITY: a ticket's key opens sync's half of the platform key, so it is made only where a real
  // ceremony could be.
  if (mode === 'production') await requireReady(platform);
  const [sync] =
    input.descriptor === undefined
      ? await knowledge.trusted(mode)
      : [await trustDescriptor(input.descriptor, mode, deps)];
  if (sync === undefined) throw refuseHost('descriptor-not-trusted');
  const worker = await startWorkerClient(platform, () => undefined);
  try {
    await worker.ask('open', { mode });
    const turn = { name: input.operator, role: 'operator' as const, index: null };
    await worker.ask('begin-seat', { turn });
    const { name, publicKey } = await signerOf(worker, turn.name, input, deps);
    const ticketId = bytesToHex(randomBytes(16));
    const { recipient, record } = await worker.askInWindow(turn.name, 'make-ticket', {
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      ticketId,
      person: turn.name,
    });
    const payloadType = ticketType.payloadType(mode);
    const payload = ticketType.encodeBody({
      mode,
      kind: input.kind,
      ticketId,
      audience: sync.body.audience,
      operator: { name, publicKey },
      recipient,
      createdAt: formatTime(platform.now()),
    });
    const message = preAuthEncoding(payloadType, payload);
    const { keyid, signatures } = await signInWindow(worker, turn.name, message);
    const envelope = withSignatures(
      { payloadType, payload, signatures: [] },
      signatures.map((sig) => ({ keyid, sig })),
    );
    const bytes = encodeEnvelope(envelope);
    const { digest } = parseTicket(bytes, mode);
    await sticks.write(mode, volumeId, new Map([[documentName('ticket', digest), bytes]]));
    return { words: eightWords(hexToBytes(digest)), description: record.description };
  } finally {
    worker.kill();
  }
}

/** @throws Refusal `words-differ` */
async function trustDescriptor(
  { id, words }: NonNullable<Input<'ticket:make'>['descriptor']>,
  mode: Mode,
  { sticks, store }: Pick<TicketDeps, 'sticks' | 'store'>,
): Promise<DescriptorDocument> {
  const descriptor = parseDescriptor(await sticks.readDocument(mode, id), mode);
  assertWords(words, descriptor.digest);
  await store.keep(mode, 'trusted', descriptor.digest, descriptor.envelope);
  return descriptor;
}

/** The operator's identity, open in the worker. */
async function signerOf(
  worker: WorkerClient,
  person: string,
  { mode, volumeId, identity, identityVolumeId }: Input<'ticket:make'>,
  { platform, sticks, knowledge }: TicketDeps,
): Promise<{ readonly name: string; readonly publicKey: string }> {
  switch (identity) {
    case 'key':
      return worker.askInWindow(person, 'open-key-identity', {
        listed: await knowledge.keyIdentities(mode),
      });
    case 'new': {
      const { publicKey } = await worker.askInWindow(person, 'new-identity', {});
      const { rehearsalFolder } = platform;
      const stick = { volumeId, rehearsalFolder, withIdentity: true };
      await worker.ask('write-usb', { ...stick, sheet: null });
      // Nothing counts until it is read back, and the words were typed once more.
      await worker.askInWindow(person, 'read-back', { ...stick, how: 'usb', sheetNumber: null });
      return { name: person, publicKey };
    }
    default:
      return worker.askInWindow(person, 'open-identity', {
        how: identity,
        volumePath:
          identityVolumeId === null ? null : (await sticks.find(mode, identityVolumeId)).path,
        ways: mode === 'rehearsal' ? ['camera', 'file'] : ['camera'],
      });
  }
}

async function requireReady(platform: Platform): Promise<void> {
  if (platform.productionRefused !== null) {
    throw refuseHost('production-refused', platform.productionRefused);
  }
  const findings = await platform.checkEnvironment('production');
  const stops = stopping('production', findings, PROBE_IDS);
  if (stops.length > 0) {
    throw refuseHost(
      'laptop-not-ready',
      stops.map(({ headline }) => headline),
    );
  }
}
