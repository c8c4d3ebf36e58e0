import { expect, test } from 'vitest';
import { pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import type { HidConnection, HidTransport } from '../yubikey-otp/hid/transport.ts';
import { BROADCAST, channelOf, COMMAND, reportsOf } from './frames.ts';
import { fidoCode, openFidoKey } from './index.ts';

const pin = new TextEncoder().encode('123456');
const userId = Uint8Array.of(1);
const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Another program: it writes what it likes, and reads what comes. */
class Program {
  readonly connection: HidConnection;

  constructor(connection: HidConnection) {
    this.connection = connection;
  }

  async ask(channel: number, command: number, message: Uint8Array): Promise<Uint8Array | null> {
    for (const each of reportsOf(channel, command, message)) await this.connection.write(each);
    return this.connection.read(1000);
  }

  async channel(): Promise<number> {
    const answer = (await this.ask(BROADCAST, COMMAND.init, nonce)) ?? new Uint8Array(64);
    expect(answer.subarray(7, 15)).toEqual(nonce);
    return new DataView(answer.buffer).getUint32(15);
  }
}

const pathOf = async (transport: HidTransport): Promise<string> =>
  (await transport.list())[0]?.path ?? '';
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => fidoCode(error) ?? String(error),
  );

/** `[command, first byte]` of an answer, in hex. */
const gist = (report: Uint8Array | null): string =>
  report === null ? 'none' : Buffer.from([report[4] ?? 0, report[7] ?? 0]).toString('hex');

test('the software key keeps to CTAPHID: channels, sequence, busy, time-outs, CANCEL', async () => {
  const { transport, key, clock } = pluggedFido();
  const program = new Program(await transport.open(await pathOf(transport)));
  const { connection } = program;
  expect(gist(await program.ask(0x55, COMMAND.cbor, Uint8Array.of(4)))).toBe('bf0b');
  expect(gist(await program.ask(BROADCAST, COMMAND.cbor, Uint8Array.of(4)))).toBe('bf0b');
  expect(gist(await program.ask(BROADCAST, COMMAND.init, Uint8Array.of(1)))).toBe('bf03');
  const [one, two] = [await program.channel(), await program.channel()];
  expect(one).not.toBe(two);
  expect(gist(await program.ask(one, 0x01, nonce))).toBe('8101');
  expect(gist(await program.ask(one, 0x03, nonce))).toBe('bf01');
  expect(gist(await program.ask(one, COMMAND.cbor, new Uint8Array(0)))).toBe('bf03');
  const [first, , third] = reportsOf(one, COMMAND.cbor, new Uint8Array(200));
  if (first === undefined || third === undefined) throw new Error('three reports');
  // A report is missing; then a second beginning; then nothing more.
  await connection.write(first);
  await connection.write(third);
  expect(gist(await connection.read(10))).toBe('bf04');
  await connection.write(first);
  expect(gist(await program.ask(two, COMMAND.cbor, Uint8Array.of(4)))).toBe('bf06');
  await connection.write(first);
  expect(gist(await connection.read(10))).toBe('bf04');
  await connection.write(first);
  await clock.sleep(600);
  expect(gist(await connection.read(10))).toBe('bf05');
  // While it blinks the others wait, may greet, and may not cancel.
  key.finger.waits();
  expect(gist(await program.ask(one, COMMAND.cbor, Uint8Array.of(0x0b)))).toBe('bb02');
  expect(gist(await program.ask(two, COMMAND.cbor, Uint8Array.of(4)))).toBe('bf06');
  const three = await program.channel();
  await connection.write(reportsOf(three, COMMAND.cancel, new Uint8Array(0))[0] ?? first);
  expect(gist(await connection.read(200))).toBe('bb02');
  const answer = await program.ask(one, COMMAND.cancel, new Uint8Array(0));
  expect(gist(answer)).toBe('902d');
  expect(channelOf(answer ?? first)).toBe(one);
  expect(await connection.read(1000)).toBeNull();
});

test('a key that another program uses is waited for, and its reports are passed over', async () => {
  const plugged = pluggedFido();
  const fido = await plugged.open();
  const other = new Program(await plugged.transport.open(await pathOf(plugged.transport)));
  const channel = await other.channel();
  const [begun] = reportsOf(channel, COMMAND.cbor, new Uint8Array(200));
  await other.connection.write(begun ?? new Uint8Array(64));
  expect(await codeOf(fido.makeCredential({ userId, pin }))).toBe('done');
});

test('a PIN that meets a busy key is not sent again, and costs no try', async () => {
  const { transport, clock, applet } = pluggedFido();
  const other = new Program(await transport.open(await pathOf(transport)));
  const channel = await other.channel();
  const [begun = new Uint8Array(64)] = reportsOf(channel, COMMAND.cbor, new Uint8Array(200));
  let sent = 0;
  /** Where the token is asked for (clientPIN, subcommand 9), the other program comes first. */
  const line: HidTransport = {
    list: () => transport.list(),
    async open(path) {
      const connection = await transport.open(path);
      const write = async (report: Uint8Array): Promise<void> => {
        const text = Buffer.from(report.subarray(7, 14)).toString('hex');
        if (/^06a.0102020903/.test(text)) {
          sent += 1;
          await other.connection.write(begun);
        }
        await connection.write(report);
      };
      return Object.assign(Object.create(null) as HidConnection, connection, { write });
    },
  };
  const fido = await openFidoKey(line, await pathOf(line), clock);
  expect(await codeOf(fido.makeCredential({ userId, pin }))).toBe('fido-busy');
  expect(sent).toBe(1);
  expect([applet.pin.compared, applet.pin.left]).toEqual([0, 8]);
});

test('a channel that the key forgot is asked for again', async () => {
  const { transport, clock, key } = pluggedFido();
  const fido = await openFidoKey(transport, await pathOf(transport), clock);
  key.finger.waits();
  expect(await codeOf(fido.select())).toBe('fido-not-touched');
  // What a computer that slept may do: the key lost its power, the handle lives on.
  for (const machine of key.machines) machine.reset();
  expect(await codeOf(fido.serial())).toBe('fido-nonsense');
  expect(await fido.serial()).toBe(key.facts.serial);
});
