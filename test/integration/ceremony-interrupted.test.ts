/**
 * What interrupts a ceremony that has no bundle yet, through the real host: a power cut, a worker
 * that dies, pauses, exception sheets, windows that are closed. Sticks only: paper has its own test.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { ENCRYPTED_KEK } from '../support/documents.ts';
import { makeShareSet } from '../support/share-sets.ts';
import {
  carryRecoverPackage,
  makeTicket,
  openLaptop,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, readLog, startSplit } from '../support/headless-steps.ts';

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

describe('before there is a bundle', { retry: 0 }, () => {
  test('a power cut makes it void, and lists every medium, once', async () => {
    await startSplit(laptop);
    await laptop.room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 4');
    await laptop.restart();

    const home = await laptop.host.home();
    expect(home.ceremonies).toMatchObject([
      {
        standing: 'void',
        destroy: [
          expect.stringMatching(/share 1 of 2, custodian 2, .*practice stick B/),
          expect.stringMatching(/share 2 of 2, custodian 4, .*practice stick C/),
        ],
      },
    ]);
    expect(home.sets).toMatchObject([{ standing: 'void' }]);
    expect((await kindsOf(laptop)).filter((kind) => kind === 'declared-void')).toHaveLength(1);
    await laptop.restart();
    await laptop.host.home();
    expect((await kindsOf(laptop)).filter((kind) => kind === 'declared-void')).toHaveLength(1);
  });

  test('its shares are refused as void afterwards, and somebody else may come', async () => {
    await startSplit(laptop);
    await laptop.room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 4');
    await laptop.restart();
    const { room, host, people } = laptop;
    const { ticket, pocket } = await makeTicket(laptop);
    const set = await makeShareSet({ mode: 'rehearsal', sync: laptop.sync, label: '2026 C' });
    await carryRecoverPackage(laptop, ticket, {
      manifest: set.manifest,
      roster: envelopeToJson(set.roster.envelope),
      vaultComponent: set.vaultComponent,
      encryptedKek: ENCRYPTED_KEK,
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index: 2 });
    expect(await codeOf(room.until(({ screen }) => screen === 'identity'))).toBe('share-void');
    expect(room.view.refusal?.happened).toContain('2026 B');
    await room.say({ type: 'get-up', reason: 'it is the void one' });
    expect(room.view.screen === 'who' && room.view.waiting).toHaveLength(4);
    expect(
      (await kindsOf(laptop, room.view.ceremonyId)).filter((kind) => kind === 'share-refused'),
    ).toHaveLength(1);
  });

  test('it can be declared void by hand, with its reason; then it is over', async () => {
    await startSplit(laptop);
    const { room, host } = laptop;
    await room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 2');
    await expect(host.leave()).rejects.toMatchObject({ code: 'ceremony-running' });
    await expect(host.start('split', 'rehearsal')).rejects.toMatchObject({
      code: 'ceremony-running',
    });
    await room.say({ type: 'abandon', reason: 'a fire alarm' });
    expect(room.view).toMatchObject({ screen: 'void', reason: 'a fire alarm' });
    expect(room.view.screen === 'void' && room.view.media).toHaveLength(1);
    await host.leave();
    expect((await host.home()).ceremonies).toMatchObject([{ standing: 'void' }]);
  });

  test('a worker that dies takes the secrets with it: void is the only way on', async () => {
    await startSplit(laptop);
    const { room } = laptop;
    await room.until((view) => view.screen === 'identity' && view.turn?.name === 'custodian 2');
    laptop.crashWorker();
    await laptop.host.dispatch({ type: 'exception', text: 'the screen says it stopped' });
    expect(room.view.refusal?.code).toBe('worker-gone');
    expect(await codeOf(room.until(({ screen }) => screen === 'copy'))).toBe('worker-gone');
    await room.say({ type: 'abandon', reason: 'the worker is gone' });
    expect(room.view.screen).toBe('void');
  });

  test('a worker that dies while it works is noticed at once', async () => {
    await startSplit(laptop);
    const { room, host } = laptop;
    await room.until(({ screen }) => screen === 'make-key');
    const said = host.dispatch({ type: 'continue' });
    laptop.crashWorker();
    await said;
    expect((await room.settled()).refusal?.code).toBe('worker-gone');
  });

  test('a pause and an exception sheet stand in the log, and the answer under way is not lost', async () => {
    await startSplit(laptop);
    const { room, host } = laptop;
    await room.until(({ screen }) => screen === 'make-key');
    const said = host.dispatch({ type: 'continue' });
    await Promise.all([
      host.dispatch({ type: 'exception', text: 'a visitor came in' }),
      host.dispatch({ type: 'pause' }),
      host.dispatch({ type: 'exception', text: 'the visitor left' }),
      said,
    ]);
    const paused = await room.settled();
    expect(paused.paused).toBe(true);
    expect(paused.screen).toBe('handover');
    await host.dispatch({ type: 'seated' });
    expect(room.view.screen).toBe('handover');
    await host.dispatch({ type: 'resume' });
    await room.until((view) => view.screen === 'identity' && view.turn?.index === 1);
    const all = await kindsOf(laptop);
    expect(all.filter((kind) => kind === 'exception')).toHaveLength(2);
    expect(all.indexOf('paused')).toBeLessThan(all.indexOf('resumed'));
  });

  test('exception sheets in the middle of signing leave the log whole', async () => {
    await startSplit(laptop);
    const { room, host } = laptop;
    for (;;) {
      const view = await room.settled();
      if (view.screen === 'waiting') break;
      const said = room.say(await room.answerTo(view));
      await Promise.all([
        said,
        ...[1, 2, 3].map((n) => host.dispatch({ type: 'exception', text: `noise ${n}` })),
      ]);
    }
    const log = await readLog(laptop);
    expect(verifyLog(log).standing).toBe('self-consistent');
    expect(log.items.filter((item) => 'seal' in item)).toHaveLength(4);
  });

  test('a person who closes the entry window simply has the step still to do', async () => {
    await startSplit(laptop);
    const { room, people } = laptop;
    await room.until(({ screen }) => screen === 'words');
    people.get('operator').hands = { cancelAt: 'show-words' };
    expect(await room.ask({ type: 'continue' })).toBeNull();
    expect(room.view.screen).toBe('words');
    people.get('operator').hands = {};
    await room.say({ type: 'continue' });
    expect(room.view.screen).toBe('write');
  });

  test('writing again after the first stick: the words are typed once more', async () => {
    await startSplit(laptop);
    const { room, people } = laptop;
    await room.until((view) => view.screen === 'read-back' && view.turn?.name === 'custodian 2');
    const asked = people.get('custodian 2').person.tasks.length;
    await room.say({ type: 'write-again' });
    expect(
      (await room.ask({ type: 'choose-volume', id: await room.stickOf('custodian 2') }))?.code,
    ).toBe('usb-share-exists');
    await room.say({ type: 'choose-volume', id: await room.stick('practice stick D') });
    expect(people.get('custodian 2').person.tasks.length).toBeGreaterThan(asked);
    await room.until((view) => view.screen === 'copy');
    await room.say({ type: 'abandon', reason: 'enough seen' });
    expect(room.view.screen === 'void' && room.view.media).toEqual([
      expect.stringContaining('practice stick B'),
      expect.stringContaining('practice stick D'),
    ]);
  });
});
