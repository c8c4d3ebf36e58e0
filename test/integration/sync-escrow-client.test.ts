/**
 * CheckTick's side, resources/conclave_escrow.py and the code of docs/checktick-patch.md, by Python's
 * own library against a real sync.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { addMachine, readCertificate } from '../../sync/people/machines.ts';
import type { EscrowListAnswer } from '../../sync/routes/escrow-answers.ts';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';
import { postgresConfig } from '../support/sync-databases.ts';
import {
  type EscrowWorld,
  escrowWorld,
  newUnlock,
  type TestSurvey,
} from '../support/sync-escrows.ts';
import { type Servers, type Service, startServers, stopServers } from '../support/sync-service.ts';

const client = fileURLToPath(new URL('../../resources/conclave_escrow.py', import.meta.url));
/** What CheckTick would do; the keys come in on stdin, never as arguments. */
const DRIVER = `
import json, sys
sys.path.insert(0, sys.argv[1])
from conclave_escrow import EscrowClient, NotStored
asked = json.load(sys.stdin)
keys = {(user, survey): bytes.fromhex(key) for user, survey, key in asked["keys"]}
try: answers = EscrowClient(**asked["client"]).store(asked["unlock"], keys, attempts=2)
except (NotStored, ValueError) as error: sys.exit(f"{type(error).__name__}: {error}")
print(json.dumps([answers[place]["status"] for place in keys]))
`;

const patch = fileURLToPath(new URL('../../docs/checktick-patch.md', import.meta.url));
/** Users who sign in, one after the other; each opens surveys, some of them again. */
const SIGN_INS = `
import json, logging, sys
from types import SimpleNamespace as Some
asked = json.load(sys.stdin)
sys.path.insert(0, asked["folder"])
import django.conf
django.conf.settings = Some(**asked["settings"])
logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
from checktick.escrow import surveys_unlocked
for opened in asked["signIns"]:
    request = Some(user=Some(id=asked["user"]), session={})
    for keys in opened:
        surveys_unlocked(request, {int(survey): bytes.fromhex(key) for survey, key in keys.items()})
`;

/** The blocks of Python in a document, without what they are indented by. */
function pythonIn(text: string): string {
  const blocks = text.matchAll(/^( *)```python\n([^]*?)^\1```$/gm);
  return [...blocks]
    .map(([, indent = '', code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
    .join('\n');
}

describe('the client for CheckTick', () => {
  let servers: Servers;
  let world: EscrowWorld;
  let secure: Service;
  let folder: string;
  let ca: string;
  let tokenFile: string;
  const file = (name: string): string => path.join(folder, name);

  beforeAll(async () => {
    servers = await startServers();
    world = await escrowWorld(servers);
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-client-'));
    ca = await makeAuthority(folder, 'authority');
    await makeAuthority(folder, 'other');
    await issueCertificate(folder, 'authority', 'server', 'IP:127.0.0.1');
    await issueCertificate(folder, 'authority', 'machine', 'DNS:checktick', 'clientAuth');
    tokenFile = file('token');
    await writeFile(tokenFile, `${world.token}\n`, { mode: 0o600 });
    secure = await world.deployment.start({
      env: {
        CONCLAVE_TLS_CERT: file('server.pem'),
        CONCLAVE_TLS_KEY: file('server.key'),
        CONCLAVE_CLIENT_CA: ca,
      },
    });
    const owner = await openDatabase(postgresConfig(world.deployment.ownerUrl, 2));
    const [user] = await world.deployment.sql<{ id: number }>(
      `INSERT INTO auth_user (username, email, first_name, last_name, password, is_superuser,
         is_staff, is_active, date_joined)
       VALUES ('machine', '', '', '', '!', false, false, true, now()) RETURNING id`,
    );
    const entry = { name: 'CheckTick’s server', userId: user?.id ?? 0 };
    const certificate = readCertificate(await readFile(file('machine.pem'), 'utf8'));
    await owner.transaction((tx) => addMachine(tx, { ...entry, roles: ['escrower'] }, certificate));
    await owner.close();
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
    await rm(folder, { recursive: true, force: true });
  });

  interface Ended {
    readonly code: number;
    readonly statuses: readonly string[];
    readonly said: string;
  }
  async function store(
    options: Readonly<Record<string, string>>,
    surveys: readonly TestSurvey[],
    unlock = newUnlock(),
  ): Promise<Ended> {
    const keys = surveys.map(({ userId, surveyId, kek }) => [userId, surveyId, bytesToHex(kek)]);
    return new Promise((resolve) => {
      // -I and -S: nothing but Python's own library can be imported; -B: no compiled copy of it.
      const args = ['-I', '-S', '-B', '-c', DRIVER, path.dirname(client)];
      const child = execFile('python3', args, (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        const statuses = code === 0 ? (JSON.parse(stdout) as string[]) : [];
        resolve({ code, statuses, said: stderr });
      });
      child.stdin?.end(
        JSON.stringify({ client: { url: secure.address, ca, ...options }, keys, unlock }),
      );
    });
  }
  const byCertificate = () => ({ certificate: file('machine.pem'), key: file('machine.key') });

  it('is under 60 lines', async () => {
    expect((await readFile(client, 'utf8')).trimEnd().split('\n').length).toBeLessThan(60);
  });

  it('stores by certificate, more than one request takes, and proves at the next sign-in', async () => {
    const surveys = await world.surveys(130);
    const unlock = newUnlock();
    const first = await store(byCertificate(), surveys, unlock);
    expect(first).toEqual({ code: 0, statuses: Array(130).fill('stored'), said: '' });
    expect(await store(byCertificate(), surveys, unlock)).toEqual(first);
    for (const survey of [surveys[0], surveys[129]]) {
      if (survey === undefined) throw new Error('no survey');
      expect(await world.opened(survey)).toEqual(survey.kek);
    }
    const later = await store(byCertificate(), surveys);
    expect(later.statuses).toEqual(Array(130).fill('proved'));
  });

  it('stores by token, and says which were refused', async () => {
    const [survey] = await world.surveys(1);
    if (survey === undefined) throw new Error('no survey');
    const missing = { ...survey, surveyId: 9_999_999 };
    const done = await store({ token_file: tokenFile }, [survey, missing]);
    expect(done.statuses).toEqual(['stored', 'refused']);
  });

  it('sends no key to a sync that it cannot verify, nor in the clear', async () => {
    const surveys = await world.surveys(1);
    const other = await store({ ...byCertificate(), ca: file('other.pem') }, surveys);
    expect([other.code, other.said]).toEqual([
      1,
      expect.stringContaining('CERTIFICATE_VERIFY_FAILED'),
    ]);
    const plain = await store({ url: 'http://sync.example:8450' }, surveys);
    expect(plain.said).toContain('ValueError: survey keys go over https only');
  });

  it('says what sync says when it cannot store, and does it when asked again', async () => {
    const surveys = await world.surveys(1);
    const nobody = await store({}, surveys);
    expect([nobody.code, nobody.said]).toEqual([1, expect.stringContaining('(not-signed-in)')]);
    await servers.vault.seal();
    const sealed = await store(byCertificate(), surveys);
    expect([sealed.code, sealed.said]).toEqual([1, expect.stringContaining('(vault-sealed)')]);
    expect(sealed.said).not.toContain(bytesToHex(surveys[0]?.kek ?? new Uint8Array()));
    await servers.vault.unseal();
    expect((await store(byCertificate(), surveys)).statuses).toEqual(['stored']);
  });

  describe('called as docs/checktick-patch.md says', () => {
    beforeAll(async () => {
      const put = async (name: string, text: string) => {
        await mkdir(path.dirname(file(name)), { recursive: true });
        await writeFile(file(name), text);
      };
      for (const made of ['patched/django', 'patched/checktick'])
        await put(`${made}/__init__.py`, '');
      await put('patched/django/conf.py', '');
      await copyFile(client, file('patched/checktick/conclave_escrow.py'));
      await put('patched/checktick/escrow.py', pythonIn(await readFile(patch, 'utf8')));
    });

    /** @returns what CheckTick logs */
    function signIns(
      opened: readonly (readonly (readonly TestSurvey[])[])[],
      change: Readonly<Record<string, string | null>> = {},
    ): Promise<string> {
      const asked = {
        folder: file('patched'),
        user: opened[0]?.[0]?.[0]?.userId,
        settings: {
          CONCLAVE_SYNC_URL: secure.address,
          CONCLAVE_SYNC_CA: ca,
          CONCLAVE_CERTIFICATE: file('machine.pem'),
          CONCLAVE_KEY: file('machine.key'),
          ...change,
        },
        signIns: opened.map((groups) =>
          groups.map((surveys) =>
            Object.fromEntries(surveys.map(({ surveyId, kek }) => [surveyId, bytesToHex(kek)])),
          ),
        ),
      };
      return new Promise((resolve, reject) => {
        const args = ['-I', '-S', '-B', '-c', SIGN_INS];
        const child = execFile('python3', args, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(stderr));
        });
        child.stdin?.end(JSON.stringify(asked));
      });
    }
    const states = async (of: readonly TestSurvey[]) => {
      const { surveys } = await world.service.admins.operator.get<EscrowListAnswer>('/v1/escrows');
      return of.map(
        (one) => surveys.find(({ surveyId }) => surveyId === one.surveyId)?.state ?? 'proved',
      );
    };

    it('stores what is opened, proves it at the next sign-in, and catches up on the others', async () => {
      const surveys = await world.surveys(4);
      const [first, second, ...more] = surveys;
      if (first === undefined || second === undefined) throw new Error('no surveys');
      // The first one twice in one sign-in: that is no verification.
      expect(await signIns([[[first], [first], [second]]])).toBe('');
      expect(await states(surveys)).toEqual(['stored', 'stored', 'none', 'none']);
      expect(await signIns([[[first, ...more]]])).toBe('');
      expect(await states(surveys)).toEqual(['proved', 'stored', 'stored', 'stored']);
      expect(await signIns([[surveys], [surveys]])).toBe('');
      expect(await states(surveys)).toEqual(Array(4).fill('proved'));
      for (const survey of surveys) expect(await world.opened(survey)).toEqual(survey.kek);
    });

    it('keeps nobody out: a sync that is away or refuses is logged, without a key', async () => {
      const [survey] = await world.surveys(1);
      if (survey === undefined) throw new Error('no survey');
      const away = await signIns([[[survey]]], { CONCLAVE_SYNC_CA: file('other.pem') });
      expect(away).toMatch(/^WARNING survey keys not stored: sync answered 503/);
      const missing = { ...survey, surveyId: 9_999_999 };
      const refused = await signIns([[[survey, missing]]]);
      expect(refused).toBe('ERROR survey key of 9999999 refused: escrow-about-nothing\n');
      expect(await states([survey])).toEqual(['stored']);
      for (const said of [away, refused]) expect(said).not.toContain(bytesToHex(survey.kek));
      expect(await signIns([[[survey]]], { CONCLAVE_SYNC_URL: null })).toBe('');
      // A proxy's page for sync's answer; the last one repeats what it was sent.
      for (const page of ['<html>Welcome</html>', '{', '{}', '[]', '\xff', null]) {
        const notSync = createServer((request, answer) => {
          if (page !== null) answer.end(page, 'latin1');
          else request.pipe(answer.writeHead(400));
        }).listen(0, '127.0.0.1');
        await once(notSync, 'listening');
        const { port } = notSync.address() as AddressInfo;
        const said = await signIns([[[survey]]], { CONCLAVE_SYNC_URL: `http://127.0.0.1:${port}` });
        expect(said).toMatch(
          /^WARNING survey keys not stored: sync answered [24]00: .*that is no answer of sync/,
        );
        expect(said).not.toContain(Buffer.from(survey.kek).toString('base64'));
        notSync.close();
      }
      expect(await states([survey])).toEqual(['stored']);
    });
  });
});
