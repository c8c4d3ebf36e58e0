/**
 * Other shares of the same component, one custodian after the other, with the worker in this thread: so
 * that everything which holds a share in the clear can be listed at every step.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openAge, sealAge } from '../../electron/media/age.ts';
import { entryChannel } from '../../electron/worker/node-client.ts';
import { nodePort } from '../../electron/worker/node-port.ts';
import type {
  CommandInput,
  CommandName,
  CommandOutput,
  FromWorker,
  ToWorker,
  WorkerAnswer,
} from '../../electron/worker/protocol.ts';
import { createWorker } from '../../electron/worker/worker.ts';
import { identityFileName } from '../../electron/worker/volumes.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { encodeIdentity } from '../../shared/identity/identity.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import type * as Envelope from '../../shared/sharing/envelope.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { refreshMessage } from '../../shared/sharing/refresh-statement.ts';
import { sharePublicKey } from '../../shared/sharing/share-key.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { holds } from '../support/leaks.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';

const { live, watchedEnvelope, watchedSecret } = await vi.hoisted(async () => {
  const support = await import('../support/live-shares.ts');
  const { LiveShares, watchedEnvelope: envelope, watchedSecret: secret } = support;
  return { live: new LiveShares(), watchedEnvelope: envelope, watchedSecret: secret };
});
vi.mock('../../shared/sharing/envelope.ts', async (original) =>
  watchedEnvelope(await original(), live),
);
vi.mock('../../shared/secret/secret.ts', async (original) => {
  const { decodeShare: decode } = await vi.importActual<typeof Envelope>(
    '../../shared/sharing/envelope.ts',
  );
  return watchedSecret(await original(), decode, live);
});

const CEREMONY = 'ce'.repeat(16);
const NONCE = '12'.repeat(16);
const utf8 = new TextEncoder();
let root: string;
let set: TestShareSet;
let port: MessagePort;
let stopped: () => void;
const sent: FromWorker[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  set = await makeShareSet({ mode: 'rehearsal', threshold: 3, count: 5 });
  const { port1, port2 } = new MessageChannel();
  port = port2;
  sent.length = 0;
  const worker = createWorker(nodePort<ToWorker, FromWorker>(port1), {
    entryPort: (transferred) => nodePort(transferred as MessagePort),
    workFactor: 2,
    onFault: (error) => console.error(error),
  });
  stopped = () => {
    worker.wipeAll();
    port1.close();
    port2.close();
  };
  await call('open', { mode: 'rehearsal' });
  live.isWatching = true;
});
afterEach(() => {
  live.isWatching = false;
  stopped();
  rmSync(root, { recursive: true, force: true });
});

let next = 1;
async function send<Name extends CommandName>(
  command: Name,
  input: CommandInput<Name>,
  ports: MessagePort[] = [],
): Promise<CommandOutput<Name>> {
  const id = (next += 1);
  const reply = await new Promise<WorkerAnswer>((resolve) => {
    const hear = ({ message }: { readonly message: FromWorker }) => {
      sent.push(message);
      if ('about' in message || message.id !== id) return;
      port.off('message', hear);
      resolve(message);
    };
    port.on('message', hear);
    port.postMessage({ message: { id, command, input }, ports }, ports);
  });
  if (reply.ok) return reply.output as CommandOutput<Name>;
  throw new Error('cancelled' in reply ? 'cancelled' : reply.note.code);
}
const call = <Name extends CommandName>(command: Name, input: CommandInput<Name>) =>
  send(command, input);
async function inWindow<Name extends CommandName>(
  person: ScriptedPerson,
  hands: Hands,
  command: Name,
  input: CommandInput<Name>,
): Promise<CommandOutput<Name>> {
  const { workerPort, window } = entryChannel();
  person.attend(window, hands);
  try {
    return await send(command, input, [workerPort]);
  } finally {
    window.close();
  }
}

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, place: { volumeId: `at:${path}`, rehearsalFolder: root } };
}
const wordsOf = (index: number) => utf8.encode(`six words of custodian number ${index}`);

const LIVES = [1, 3, 4, 5];
const rosterBody = () => ({
  ...set.roster.body,
  serial: set.roster.body.serial + 1,
  previous: set.roster.digest,
});

async function draw(lives = LIVES) {
  const payload = rosterType.encodeBody(rosterBody());
  const { digest } = await rosterType.sign(rosterBody(), set.quorum);
  const said = {
    audience: set.sync.audience,
    ceremonyId: CEREMONY,
    nonce: NONCE,
    previous: set.manifest.digest,
    roster: digest,
    operator: set.cast.operator.signer.keyid,
  };
  const drawn = await call('draw-refresh', {
    manifest: set.manifest.body,
    generation: 2,
    lives,
    ...said,
  });
  return { payload, said, drawn };
}

/** With the identity on a stick, which the same words open. */
async function sitDown(index: number): Promise<ScriptedPerson> {
  const holder = set.cast.custodians[index - 1];
  const person = new ScriptedPerson(holder?.name ?? '');
  person.words = wordsOf(index);
  if (holder === undefined) throw new Error('there is such a custodian');
  const { path } = stick(`HOME-${index}`);
  const plain = encodeIdentity(holder.identity);
  const file = identityFileName(holder.name, holder.signer.keyid);
  writeFileSync(join(path, file), await sealAge(plain, person.words, { workFactor: 2 }));
  await call('begin-seat', { turn: { name: holder.name, role: 'custodian', index } });
  await inWindow(person, {}, 'open-identity', { how: 'usb', volumePath: path, ways: [] });
  return person;
}

/** Those with an even number have a stick; the others type their sheet. */
async function give(person: ScriptedPerson, index: number): Promise<void> {
  const wire = set.wires[index - 1]?.slice() ?? new Uint8Array();
  const { path, place } = stick(`OLD-${index}`);
  const isOnStick = index % 2 === 0;
  const lines = isOnStick ? [] : toTypedLines('share', wire);
  if (isOnStick) {
    const { setId } = set.manifest.body;
    const name = `conclave-share-${index}-of-5-${setId.slice(0, 8)}-rehearsal.age`;
    writeFileSync(join(path, name), await sealAge(wire, person.words, { workFactor: 2 }));
  }
  await inWindow(person, { way: 'typed', lines }, 'accept-share', {
    ...(isOnStick
      ? { how: 'usb' as const, ...place }
      : { how: 'typed' as const, volumeId: null, rehearsalFolder: root }),
    person: person.name,
    manifest: set.manifest.body,
    known: { void: [], superseded: [] },
    index,
    ways: ['camera', 'typed'],
    ceremonyId: CEREMONY,
    envelopes: NO_LOGS,
    alone: true,
  });
}

/** Written on a stick of its own, taken from there again. */
async function writeAndReadBack(person: ScriptedPerson, index: number) {
  const { path, place } = stick(`NEW-${index}`);
  await call('write-usb', { ...place, withIdentity: false, sheet: null });
  const reading = { how: 'usb', withIdentity: false, sheetNumber: null, ...place } as const;
  const { shareKey } = await inWindow(person, {}, 'read-back', reading);
  const file = readdirSync(path).find((name) => name.startsWith('conclave-share-')) ?? '';
  return { shareKey, file: join(path, file) };
}

test('one custodian after the other; at no step are shares of two of them in memory', async () => {
  const { payload, said, drawn } = await draw();
  expect(drawn).toEqual({ generation: 2, count: 4 });
  const made: { readonly file: string; readonly person: ScriptedPerson }[] = [];
  // In another order than that of their numbers.
  for (const before of [4, 1, 5, 3]) {
    const index = LIVES.indexOf(before) + 1;
    const person = await sitDown(before);
    await give(person, before);
    const { setId, shares } = set.manifest.body;
    const { x = 0 } = shares[before - 1] ?? {};
    expect(live.custodians()).toEqual([x]);
    const refreshed = await call('refresh-share', { index: before });
    expect(refreshed).toMatchObject({ before, share: { index, x } });
    // Main may ask again for what it could not write down.
    expect(await call('refresh-share', { index: before })).toEqual(refreshed);
    // Nothing can be signed with a share that nobody read back, and never with the one before.
    await expect(call('sign-refreshed', { before, roster: payload })).rejects.toThrow(
      'worker-out-of-order',
    );
    const { shareKey, file } = await writeAndReadBack(person, index);
    expect(shareKey).toBe(refreshed.share.publicKey);
    await expect(
      call('sign-refreshed', { before, roster: rosterType.encodeBody(set.roster.body) }),
    ).rejects.toThrow('worker-out-of-order');
    const signed = await call('sign-refreshed', { before, roster: payload });
    const { publicKey } = refreshed.share;
    const message = refreshMessage({
      mode: 'rehearsal',
      ...said,
      setId,
      generation: 2,
      count: 4,
      before,
      index,
      publicKey,
    });
    const old = shares[before - 1]?.publicKey ?? '';
    expect(verifyEd25519(hexToBytes(refreshed.signature), message, old)).toBe(true);
    expect(verifyEd25519(hexToBytes(signed.signature), message, publicKey)).toBe(true);
    expect(signed.roster.keyid).toBe(publicKey);
    const roster = preAuthEncoding(rosterType.payloadType('rehearsal'), payload);
    expect(verifyEd25519(signed.roster.sig, roster, publicKey)).toBe(true);
    expect(live.custodians()).toEqual([x]);
    await call('end-seat', {});
    expect(live.custodians()).toEqual([]);
    made.push({ file, person });
  }
  const { steps } = live;
  expect(steps.length).toBeGreaterThan(4 * 10);
  expect(Math.max(...steps)).toBe(1);

  live.isWatching = false;
  const after: Share[] = [];
  for (const { file, person } of made) {
    after.push(decodeShare(await openAge(readFileSync(file), person.words)));
  }
  const { componentId, checks } = set.manifest.body;
  const wanted = {
    what: 'custodian-component' as const,
    componentId,
    checkValue: checks.custodianComponent,
  };
  for (const left of [0, 1, 2, 3]) {
    const three = after.filter((_, at) => at !== left);
    expect(await combineShares(three, wanted)).toEqual(set.component);
  }
  expect(after.map(({ generation, count }) => [generation, count])).toEqual(
    after.map(() => [2, 4]),
  );
  const canaries = [set.component, ...set.shares.map(({ y }) => y), ...after.map(({ y }) => y)];
  for (const canary of canaries) expect(holds(sent, canary)).toBe(false);
  const [first] = after;
  if (first === undefined) throw new Error('there are shares');
  expect(holds(sent, Buffer.from(sharePublicKey(first), 'hex'))).toBe(true);
});

test('a share that does not live on, one without a drawing, and a second one are refused', async () => {
  const person = await sitDown(2);
  await give(person, 2);
  await expect(call('refresh-share', { index: 2 })).rejects.toThrow('worker-out-of-order');
  await draw();
  await expect(call('refresh-share', { index: 2 })).rejects.toThrow('worker-out-of-order');
  await call('end-seat', {});
  const other = await sitDown(3);
  await give(other, 3);
  await call('refresh-share', { index: 3 });
  // While the new share of one is here, no share of another comes in.
  await expect(give(new ScriptedPerson('custodian 5'), 5)).rejects.toThrow('worker-out-of-order');
  await call('end-seat', {});
  expect(live.custodians()).toEqual([]);
  // Who comes again finds nothing to sign with.
  await sitDown(3);
  await expect(call('sign-refreshed', { before: 3, roster: new Uint8Array() })).rejects.toThrow(
    'worker-out-of-order',
  );
});

test('the list itself sees two custodians in one memory', async () => {
  live.steps.length = 0;
  for (const wire of set.wires.slice(0, 2)) decodeShare(wire.slice());
  expect(Math.max(...live.steps)).toBe(2);
});
