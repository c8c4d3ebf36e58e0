/** CheckTick's side, resources/conclave_escrow.py, by Python's own library against a real sync. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { addMachine, readCertificate } from '../../sync/people/machines.ts';
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
});
