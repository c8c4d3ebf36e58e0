/**
 * The main job in the real window, with real servers, real sticks and a camera that sees real
 * sheets, worked by the keyboard alone. After the build, in a display:
 * `node --import tsx test/e2e/run.ts`.
 * @module
 */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { startSmtp } from '../servers/smtp.ts';
import { emptyTable } from '../support/camera.ts';
import type { Canary } from './canaries.ts';
import { continueFromChain, continueFromLog, type Laptop } from './another-laptop.ts';
import { type App, type Folders, nothingSeen, openApps, startApp } from './app.ts';
import { destroyVoidSet } from './destruction.ts';
import { exportLog, importReceipt, killedWhileWaiting, newest, saveBundle } from './ending.ts';
import { declaredVoid, interrupted } from './interruption.ts';
import { nothingIsLeft } from './leftovers.ts';
import { foundNothing, wereSeen, WITHOUT_KEYS } from './looks.ts';
import { committed, escrow, recovered, releasePackage, verifyLog } from './other-side.ts';
import { recoverCanaries, splitCanaries } from './platform-secrets.ts';
import { startReport } from './report.ts';
import { makeTicket, recover } from './recover.ts';
import { adminsReplaced, rosterCommitted } from './roster-side.ts';
import { changeRoster, nameAdmins } from './roster.ts';
import { bridgeIsNarrow, lockedDown, secretsStayAway } from './security.ts';
import { type Cast, castOf, split } from './split.ts';
import { disposeSticks, fatStick, type Stick } from './sticks.ts';
import { startSync, type Sync } from './sync.ts';
import type { Person } from './people.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-'));
const temporary = path.join(top, 'tmp');
await mkdir(temporary);
// PostgreSQL runs under an account of its own, and must get through.
for (const folder of [top, temporary]) await chmod(folder, 0o711);
// What servers, sticks and helpers put there must be gone at the end.
process.env['TMPDIR'] = temporary;

function laptop(name: string): Folders {
  const own = path.join(top, name);
  return {
    data: path.join(own, 'data'),
    practice: path.join(own, 'practice'),
    film: path.join(top, 'camera.mjpeg'),
    pictures: path.join(root, 'test-results', 'screens'),
    temporary: path.join(own, 'tmp'),
  };
}

const folders = laptop('laptop');
const seen = nothingSeen();
let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const pages = [...openApps].flatMap(({ electron }) =>
      electron.windows().filter((page) => !page.isClosed()),
    );
    for (const [at, page] of pages.entries()) {
      const name = `failed ${what.slice(0, 30)} ${at}`.replaceAll(/[^a-z0-9]+/gi, '-');
      await page.screenshot({ path: path.join(root, 'test-results', `${name}.png`) });
    }
  },
});

/** One that knows nothing yet. */
const another = (name: string): Laptop => ({ folders: laptop(name), seen, report });

async function mainJob(): Promise<void> {
  await emptyTable(folders.film);
  const courier = await fatStick('COURIER');
  const sync = await report.show('sync runs on a real Vault and a real PostgreSQL', () =>
    startSync(path.join(top, 'sync')),
  );
  try {
    app = await report.show('the window opens', () => startApp(folders, seen));
    await app.look('home empty');
    const first = app;
    await report.check('the bridge knows its channels alone', () => bridgeIsNarrow(first));
    await report.check('the window can go nowhere', () => lockedDown(first, first.window, 'main'));
    // Playwright waits for ever for the navigation that was refused: another window.
    await app.close();
    app = await startApp(folders, seen);

    const { words } = await sync.as('operator', 'descriptor', { out: courier.path });
    assert(typeof words === 'string');
    await sync.as('operator', 'package setup', { 'key-version': 'v1', out: courier.path });

    const cut = await interrupted(app, report, words, courier);
    app = cut.app;
    await declaredVoid(app, report);
    const cast = await castOf(folders.practice);
    const people = [cast.operator, cast.witness, ...cast.custodians];
    const { manifestWords } = await split(app, report, cast, {
      words,
      trusted: true,
      page: 'A4',
    });
    await secretsStayAway(app, report, people, top, await splitCanaries(cast));
    const bundle = await report.show('the bundle is on the stick', async () => {
      assert(app);
      return saveBundle(app, courier);
    });
    app = await killedWhileWaiting(app, report);
    const receipt = await report.show('sync commits the new key to Vault and database', () =>
      committed(sync, { file: bundle.file, manifestWords, courier }),
    );
    await continueFromLog(another('second'), {
      log: bundle.log,
      bundle: bundle.file,
      voidLog: cut.log,
      manifestWords,
      receipt,
    });
    const log = await report.show(
      'the receipt comes home; the log goes to the auditor',
      async () => {
        assert(app);
        await importReceipt(app, receipt);
        return exportLog(app, courier);
      },
    );
    await report.show('the auditor verifies the split by the manifest’s words', () =>
      verifyLog(log, manifestWords),
    );
    const { file: chain } = await sync.as('operator', 'chain', { out: courier.path });
    assert(typeof chain === 'string');
    await continueFromChain(another('third'), { chain, descriptorWords: words });
    const given = { sync, courier, cast, voidHolder: cut.holder, manifestWords };
    const secrets = await recoverOneSurvey(given);
    await peopleChange(given, secrets);
    assert(app);
    await destroyVoidSet(app, report, { reader: cut.reader, witness: cast.witness, courier });
  } finally {
    for (const one of openApps) await one.close().catch(() => undefined);
    await sync.stop();
  }
}

interface AfterSplit {
  readonly sync: Sync;
  readonly courier: Stick;
  readonly cast: Cast;
  readonly voidHolder: Person;
  readonly manifestWords: string;
}

/** @returns what no machine but the laptop's worker may know */
async function recoverOneSurvey(given: AfterSplit): Promise<readonly Canary[]> {
  const { sync, courier, cast, manifestWords } = given;
  const { checktick } = sync;
  const window = app;
  assert(window);
  await escrow(sync, cast);
  const ticketStick = await fatStick('TICKET');
  const ticket = await report.show('the operator makes a ticket', () =>
    makeTicket(window, cast.operator, ticketStick),
  );
  const packageFile = await report.show(
    'two approve the request, two release the package',
    async () =>
      releasePackage(
        sync,
        { file: await newest(ticketStick, 'ticket', '.json'), words: ticket.eight },
        courier,
      ),
  );
  await recover(window, report, cast, {
    ticketStick,
    ticketWords: ticket.six,
    packageName: path.basename(packageFile),
    voidHolder: given.voidHolder,
    surveyId: checktick.survey.id,
    userId: checktick.people.requester.id,
  });
  const secrets = await recoverCanaries(sync, cast, { stick: ticketStick, words: ticket.six });
  const people = [cast.operator, cast.witness, ...cast.custodians];
  await secretsStayAway(window, report, people, top, secrets);
  const receipt = await report.show('the survey opens with the one-time passphrase', async () => {
    const splitBundle = await readdir(courier.path);
    const bundle = await saveBundle(window, courier, splitBundle);
    return recovered(sync, bundle.file, courier);
  });
  await report.show('the receipt closes the recovery; the auditor verifies it', async () => {
    await importReceipt(window, receipt);
    await verifyLog(await exportLog(window, courier), manifestWords);
  });
  return secrets;
}

/** Twice: as admins ask for it, and when none of them has a key left. */
async function peopleChange(
  { sync, courier, cast, manifestWords }: AfterSplit,
  secrets: readonly Canary[],
): Promise<void> {
  const window = app;
  assert(window);
  const smtp = await startSmtp();
  try {
    await sync.startMailing(smtp);
    const made = await sync.as('operator', 'package roster', {
      'key-version': 'v1',
      out: courier.path,
    });
    assert(typeof made['file'] === 'string');
    const changed = await changeRoster(window, report, cast, made['file']);
    await carryHome(
      window,
      courier,
      'two approve, old and new addresses are told; in force',
      (file) => rosterCommitted(sync, smtp, { file, manifestWords: changed.words, courier }),
      manifestWords,
    );
    const { files } = await sync.onServer('admin lost package', { out: courier.path });
    assert(Array.isArray(files));
    const packageFile = files.map(String).find((file) => file.includes('conclave-package-'));
    assert(packageFile !== undefined);
    const { operator, auditor } = sync.checktick.people;
    const named = await nameAdmins(window, report, {
      cast,
      operator: changed.operator,
      packageFile,
      users: [operator.id, auditor.id],
    });
    await carryHome(
      window,
      courier,
      'the console takes it in; everybody is told; two new admins',
      (file) => adminsReplaced(sync, smtp, { file, manifestWords: named.words, courier }),
      manifestWords,
    );
    const people = [cast.operator, cast.witness, ...cast.custodians];
    const all = [...people, changed.operator, ...named.admins];
    await secretsStayAway(window, report, all, top, secrets);
  } finally {
    await smtp.stop();
  }
}

/** The bundle to sync, its receipt back, the log to the auditor. */
async function carryHome(
  window: App,
  courier: Stick,
  what: string,
  commit: (file: string) => Promise<string>,
  manifestWords: string,
): Promise<void> {
  await report.show(what, async () => {
    const before = await readdir(courier.path);
    const { file } = await saveBundle(window, courier, before);
    await importReceipt(window, await commit(file));
    await verifyLog(await exportLog(window, courier), manifestWords, /operator 2|admin 2/);
  });
}

try {
  await mainJob();
} catch (error) {
  console.log(error);
} finally {
  await disposeSticks();
  await report.check('no process, mount, connection, loop device or temporary file is left', () =>
    nothingIsLeft(top, {
      own: temporary,
      apps: ['laptop', 'second', 'third'].map((name) => laptop(name).temporary),
      gone: [...seen.profiles],
    }),
  );
  await rm(top, { recursive: true, force: true });
}
await report.check(
  'every screen was reached; axe and the Tab key find nothing on any',
  async () => {
    console.log(`        ${seen.screens.size} screens: ${[...seen.screens].join(', ')}`);
    foundNothing(seen);
    wereSeen(seen, WITHOUT_KEYS);
    await Promise.resolve();
  },
);
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
