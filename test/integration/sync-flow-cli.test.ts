import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseChain } from '../../shared/transcript/chain.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { openRecoverPackage } from '../../shared/bundle/recover-package.ts';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import {
  openKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { makeBundle, makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { compareEmail, shareSetFor } from '../support/sync-ceremony.ts';
import { type CliEnd, runSync } from '../support/sync-cli.ts';
import { PASSPHRASE } from '../support/sync-identities.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** The whole main job as admins type it: every command a process of its own. */
describe('the command line', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  const file = (name: string): string => path.join(deployment.folder, name);
  const digests = { setup: '', recover: '' };

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
  });
  afterAll(async () => {
    await deployment.stop();
  });

  async function run(who: string, ...args: string[]): Promise<CliEnd> {
    const env = { CONCLAVE_URL: service.address, CONCLAVE_TOKEN_FILE: file(who) };
    if (args[1] !== 'approve' && args[2] !== 'approve') return runSync(args, env);
    const identity = ['--identity-file', file(`${who}.age`), '--passphrase-fd', '3'];
    return runSync([...args, ...identity], env, PASSPHRASE);
  }
  /** One that must work; what it printed. */
  async function done(who: string, ...args: string[]): Promise<string> {
    const end = await run(who, ...args);
    expect(end.err.includes('fault') ? end.err : end.code, `${args.join(' ')}: ${end.err}`).toBe(0);
    return end.out;
  }

  it('sets up a platform key', async () => {
    const said = await done('operator', 'descriptor', '--out', file('descriptor.json'));
    expect(said).toContain(eightWords(hexToBytes(set.sync.descriptor.digest)));
    await done(
      'operator',
      'package',
      'setup',
      '--key-version',
      'v1',
      '--out',
      file('package.json'),
    );
    const document = parsePackage(await readFile(file('package.json')), 'production', set.sync);
    if (document.body.kind !== 'setup') throw new Error('a setup package was asked for');
    const { document: bundle } = await makeBundle(set, {
      package: {
        document: { ...document, body: document.body },
        recipient: { publicKey: document.body.recipient, privateKey: new Uint8Array() },
        ticket: null,
      },
    });
    digests.setup = bundle.digest;
    await writeFile(file('bundle.json'), bundleType.toBytes(bundle));

    expect(await done('operator', 'bundle', 'import', file('bundle.json'))).toContain(
      'Set up platform key version v1 with share set 2026 A, 3 of 4',
    );
    const short = bundle.digest.slice(0, 8);
    const words = eightWords(hexToBytes(set.manifest.digest));
    const early = await run('operator', 'commit', short);
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('(bundle-state)')]);
    const wrong = await run(
      'approver1',
      '--json',
      'bundle',
      'approve',
      short,
      '--words',
      'abandon able',
      '--reason',
      'seen',
    );
    expect([wrong.code, JSON.parse(wrong.err)]).toMatchObject([
      1,
      { code: 'words-differ', changed: 'no' },
    ]);
    for (const who of ['approver1', 'approver2']) {
      await done(who, 'bundle', 'approve', short, '--words', words, '--reason', 'seen on paper');
    }
    expect(await done('operator', 'bundle', 'status', short)).toContain('waiting');
    expect(await done('operator', 'commit', short)).toContain('committed');
    await done('operator', 'receipt', short, '--out', file('receipt.json'));
    const receipt = parseReceipt(await readFile(file('receipt.json')), 'production', set.sync);
    expect(receipt.body).toMatchObject({ outcome: 'committed', bundleDigest: bundle.digest });
  });

  it('recovers a survey', async () => {
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    const made = JSON.parse(
      await done(
        'operator',
        '--json',
        'request',
        'create',
        '--user',
        String(people.requester.id),
        '--survey',
        String(survey.id),
        '--reason',
        'forgot password and phrase',
        '--photo-id',
        '--video',
        '--reference',
        '17',
        '--email',
        people.requester.email,
        '--delay-hours',
        '0',
      ),
    ) as { code: string };
    const { code } = made;
    for (const who of ['approver1', 'approver2']) {
      await done(who, 'request', 'approve', code, '--reason', 'identity checked');
    }
    const request = await done('operator', 'request', 'show', code);
    expect(request).toContain('ready for execution');
    expect(request).toContain('address that the person gave: recorded');
    expect(request.split(people.requester.email)).toHaveLength(2);

    const ticket = await makeTicket(set);
    await writeFile(file('ticket.json'), ticketType.toBytes(ticket.document));
    const asked = JSON.parse(
      await done(
        'operator',
        '--json',
        'package',
        'recover',
        '--request',
        code,
        '--ticket',
        file('ticket.json'),
        '--words',
        eightWords(hexToBytes(ticket.document.digest)),
      ),
    ) as { nonce: string };
    const nonce = asked.nonce.slice(0, 8);
    for (const who of ['approver1', 'approver2']) {
      await done(who, 'package', 'approve', nonce, '--reason', 'as requested');
    }
    await done('operator', 'package', 'get', nonce, '--out', file('recover.json'));
    const document = parsePackage(await readFile(file('recover.json')), 'production', set.sync);
    const { body } = document;
    if (body.kind !== 'recover') throw new Error('a recover package was asked for');
    const secrets = await openRecoverPackage(body, ticket.keys.privateKey);
    const pmk = xorComponents(secrets.vaultComponent, set.component);
    const userKey = await userRecoveryKey(pmk, people.requester.id);
    const kekPath = vaultPaths.userSurveyRecoveryKek(people.requester.id, survey.id);
    const kek = await openKekBlob(userKey, kekPath, secrets.encryptedKek ?? '');
    const escrowedEmail = await compareEmail(pmk, body, secrets.emails);
    if (escrowedEmail === undefined) throw new Error('the package asks for a comparison');
    const { document: bundle } = await makeBundle(set, {
      kind: 'recover',
      escrowedEmail,
      package: {
        document: { ...document, body },
        recipient: { publicKey: body.recipient, privateKey: new Uint8Array() },
        ticket,
      },
      secret: kek,
    });
    digests.recover = bundle.digest;
    await writeFile(file('bundle2.json'), bundleType.toBytes(bundle));
    const short = bundle.digest.slice(0, 8);
    expect(await done('operator', 'bundle', 'import', file('bundle2.json'))).toContain(
      `Recover survey ${survey.id} (${survey.name}) for user ${people.requester.id}`,
    );
    expect(await done('operator', 'commit', short)).toContain('committed');
    // Nothing secret goes into a pipe unasked.
    expect((await run('operator', 'passphrase', 'show', short)).code).toBe(2);
    const shown = await done('operator', '--json', 'passphrase', 'show', short);
    expect(await done('approver1', '--json', 'passphrase', 'show', short)).toBe(shown);
    const { passphrase } = JSON.parse(shown) as { passphrase: string };
    expect(passphrase.split(' ')).toHaveLength(7);
    await done('operator', 'passphrase', 'acknowledge', short);
    const gone = await run('operator', '--json', 'passphrase', 'show', short);
    expect([gone.code, JSON.parse(gone.err)]).toMatchObject([1, { code: 'passphrase-gone' }]);
    const history = await done('auditor', 'bundle', 'show', short);
    expect(history.match(/passphrase shown/g)).toHaveLength(2);
    expect(history).not.toContain(passphrase);
  });

  it('hands a new laptop the whole chain, and the same receipts again', async () => {
    await done('operator', 'chain', '--out', file('chain.json'));
    const chain = parseChain(await readFile(file('chain.json')), 'production');
    expect(chain.manifests.map(({ digest }) => digest)).toEqual([set.manifest.digest]);
    expect(chain.rosters.map(({ digest }) => digest)).toEqual([set.roster.digest]);
    expect(chain.receipts.map(({ body }) => body.bundleDigest)).toEqual([
      digests.setup,
      digests.recover,
    ]);
    expect(chain.receipts[1]?.body.previous).toBe(chain.receipts[0]?.digest);
    await done('auditor', 'receipt', digests.setup, '--out', file('again.json'));
    expect(await readFile(file('again.json'))).toEqual(await readFile(file('receipt.json')));
  });

  it('ends with 2 when used wrongly and 3 when sync is not there', async () => {
    expect((await run('operator', 'commit')).code).toBe(2);
    expect((await run('operator', 'bundle', 'import', '/nowhere')).code).toBe(2);
    // 1 GB of nothing: a sparse file, refused by its size alone.
    await writeFile(file('huge.json'), '');
    await truncate(file('huge.json'), 2 ** 30);
    const huge = await run('operator', '--json', 'bundle', 'import', file('huge.json'));
    expect([huge.code, JSON.parse(huge.err)]).toMatchObject([1, { code: 'document-too-large' }]);
    expect((await run('operator', 'request', 'approve', 'x', '--reason', 'y')).code).toBe(1);
    await service.stop();
    const away = await run('operator', 'bundle', 'list');
    expect([away.code, away.err]).toEqual([3, expect.stringContaining('sync-unreachable')]);
  });
});
