/**
 * An adoption whose key an organisation proves, on a real Vault and PostgreSQL: what the operator names is
 * looked at before anybody approves, goes along sealed, and bundle, approvers and receipt say what opened.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrganisationKey } from '../../shared/bundle/adopt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { openOrganisationKek, vaultPaths } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { makeTicket } from '../support/documents.ts';
import { OWNERS_WORDS, organisationsKek } from '../support/member-documents.ts';
import {
  adoptionBundle,
  askedAdoption,
  openedAdoption,
  type OpenedAdoption,
  releasedAdoption,
  twoOf,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import { committed, receiptFor } from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { linkTables } from '../support/sync-organisation.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import { VINTAGES, type World, worldOf } from '../support/sync-vintages.ts';

const TEAM = 9;
const [, unstored, , , otherVersion] = Object.values(VINTAGES);
const code = (name: string) => expect.objectContaining({ code: name }) as Error;

describe('what organisations keep goes along', { retry: 0 }, () => {
  let servers: Servers;
  let world: World;
  let organisationId: number;
  let ofTeam: OrganisationKey;
  let ofItself: OrganisationKey;
  const kek = randomBytes(32);
  beforeAll(async () => {
    servers = await startServers();
    if (unstored === undefined) throw new Error('there are more vintages');
    world = await worldOf(servers, unstored);
    const { deployment } = world;
    const [made] = await deployment.sql<{ id: number }>(
      'INSERT INTO surveys_organization DEFAULT VALUES RETURNING id::int',
    );
    organisationId = made?.id ?? 0;
    await deployment.writeKv(vaultPaths.teamKey(TEAM), { team_id: TEAM, org_id: organisationId });
    ofTeam = await kept(TEAM);
    ofItself = await kept(null);
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  /** A survey whose key its organisation, or the team, keeps. */
  async function kept(teamId: number | null): Promise<OrganisationKey> {
    const { deployment, set } = world;
    const [row] = await deployment.sql<{ id: number }>(
      `INSERT INTO surveys_survey (name, encrypted_kek_password) VALUES ('kept', $1) RETURNING id::int`,
      [Buffer.alloc(76)],
    );
    const key = { surveyId: row?.id ?? 0, organisationId, teamId };
    await write(
      key,
      await organisationsKek(set.platformKey, { kek, way: key, surveyId: key.surveyId }),
    );
    return key;
  }
  const write = ({ surveyId }: OrganisationKey, text: string) =>
    world.deployment.writeKv(vaultPaths.surveyKek(surveyId), {
      encrypted_kek: text,
      created_at: '2026-02-19T14:30:00.123456',
      algorithm: 'AES-256-GCM',
    });

  const ask = (...organisationKeys: OrganisationKey[]) =>
    askedAdoption(world.service.admins.operator, world.set, 'v1', 'adopt', { organisationKeys });

  it('is refused by name where survey, organisation, team or entry cannot be', async () => {
    const { deployment } = world;
    const nowhere = { ...ofTeam, surveyId: 99_999 };
    await expect(ask(nowhere)).rejects.toThrow(code('organisation-survey-unknown'));
    const strange = { ...ofTeam, organisationId: 99_999 };
    await expect(ask(strange)).rejects.toThrow(code('organisation-unknown'));
    await expect(ask({ ...ofTeam, teamId: 10 })).rejects.toThrow(code('organisation-team-unknown'));
    await deployment.writeKv(vaultPaths.teamKey(10), { team_id: 10, org_id: organisationId + 1 });
    await expect(ask({ ...ofTeam, teamId: 10 })).rejects.toThrow(code('organisation-differs'));
    const [row] = await deployment.sql<{ id: number }>(
      `INSERT INTO surveys_survey (name, encrypted_kek_password) VALUES ('bare', $1) RETURNING id::int`,
      [Buffer.alloc(76)],
    );
    const bare = { ...ofItself, surveyId: row?.id ?? 0 };
    await expect(ask(ofTeam, bare)).rejects.toThrow(code('survey-kek-missing'));
    await write(bare, 'ab'.repeat(59));
    await expect(ask(bare)).rejects.toThrow(code('survey-kek-damaged'));
    // One survey is named once, and five at most.
    await expect(ask(ofTeam, { ...ofTeam, teamId: null })).rejects.toThrow(code('request-invalid'));
    const many = [1, 2, 3, 4, 5, 6].map((surveyId) => ({ ...ofItself, surveyId }));
    await expect(ask(...many)).rejects.toThrow(code('request-invalid'));
    const [asked] = await deployment.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM conclave.packages',
    );
    expect(asked?.count).toBe(0);
  });

  it('is named on the command line as survey, organisation and team', async () => {
    const { deployment, service, set } = world;
    const file = (name: string): string => path.join(deployment.folder, name);
    const ticket = await makeTicket(set, undefined, 'adopt');
    await writeFile(file('ticket.json'), ticketType.toBytes(ticket.document));
    const asked = ['package', 'adopt', '--key-version', 'v1', '--ticket', file('ticket.json')];
    const spoken = ['--words', wordsOfTicket(ticket)];
    const env = { CONCLAVE_URL: service.address, CONCLAVE_TOKEN_FILE: file('operator') };
    const run = (keys: string) => runSync([...asked, ...spoken, '--organisation-keys', keys], env);
    for (const wrong of ['31', '0:4', '31:4:9:1', '31:4,31:5', '1:4,2:4,3:4,4:4,5:4,6:4']) {
      const { code: exit, err } = await run(wrong);
      expect([exit, err], wrong).toEqual([2, expect.stringContaining('--organisation-keys')]);
    }
    const nowhere = await run(`99999:${organisationId}`);
    expect(nowhere.err).toContain('(organisation-survey-unknown)');
    const words = `${ofTeam.surveyId}:${organisationId}:${TEAM}, ${ofItself.surveyId}:${organisationId}`;
    const { code: exit, err, out } = await run(words);
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/^[0-9a-f]{8} /);
  });

  it('approvers read which; what is gone since is left out, but not all of them', async () => {
    const { operator, approver1, approver2 } = world.service.admins;
    const gone = await kept(null);
    const asked = await ask(ofTeam, gone);
    const entry = { reason: 'as agreed', words: wordsOfTicket(asked.ticket) };
    const { statement } = await approver1.show('package-release', asked.nonce, entry);
    expect(JSON.stringify(statement.facts)).toContain(
      `for an owner in the room to open by passphrase, what is kept for survey ${ofTeam.surveyId} of team 9 of organisation ${organisationId}, survey ${gone.surveyId} of organisation ${organisationId}`,
    );
    await write(gone, 'cut');
    await releasedAdoption(world.service.admins, asked);
    const { document, secrets } = await openedAdoption(operator, world.set, asked);
    expect(document.body.found.versions[0]?.organisationKeys).toEqual([ofTeam]);
    expect(secrets[0]?.organisationKeks).toHaveLength(1);
    const alone = await kept(null);
    const again = await ask(alone);
    await write(alone, 'cut');
    const words = { reason: 'as agreed', words: wordsOfTicket(again.ticket) };
    await approver1.approve('package-release', again.nonce, words);
    await expect(approver2.approve('package-release', again.nonce, words)).rejects.toMatchObject({
      code: 'release-unfinished',
    });
  });

  it('opens on the laptop with the owner’s words, and the key is adopted by it', async () => {
    const { service, set } = world;
    const { admins } = service;
    const asked = await ask(ofTeam, ofItself);
    await releasedAdoption(admins, asked);
    const opened: OpenedAdoption = await openedAdoption(admins.operator, set, asked);
    expect(opened.document.body.found.versions[0]).toMatchObject({
      proof: null,
      organisationKeys: [ofTeam, ofItself],
    });
    const words = new TextEncoder().encode(OWNERS_WORDS);
    const [sealed] = opened.secrets;
    for (const [at, key] of [ofTeam, ofItself].entries()) {
      const text = sealed?.organisationKeks?.[at] ?? '';
      expect(await openOrganisationKek(set.platformKey, key, words, text)).toEqual(kek);
    }

    const place = { compared: 'vault-only', component: 'vault' } as const;
    const proof = { ...place, proof: 'organisation' } as const;
    const refused = [
      { ...proof, organisationKeys: [{ ...ofTeam, teamId: null }] },
      { ...proof, organisationKeys: [ofTeam], decided: twoOf(set) },
      { ...place, proof: 'none' as const, organisationKeys: [ofTeam], decided: twoOf(set) },
      proof,
    ];
    for (const said of refused) {
      const wrong = await adoptionBundle(set, opened, said);
      await expect(admins.operator.post('/v1/bundles', wrong.bytes)).rejects.toThrow(
        code('adopt-not-answered'),
      );
    }
    const made = await adoptionBundle(set, opened, { ...proof, organisationKeys: [ofTeam] });
    await admins.operator.post('/v1/bundles', made.bytes);
    const seen = {
      words: eightWords(hexToBytes(set.manifest.digest)),
      reason: 'seen on paper',
    };
    const { statement } = await admins.approver1.show('bundle-approve', made.digest, seen);
    expect(JSON.stringify(statement.facts)).toContain(
      `what organisations keep, opened with an owner’s passphrase: survey ${ofTeam.surveyId} of team 9 of organisation ${organisationId}`,
    );
    for (const approver of [admins.approver1, admins.approver2]) {
      await approver.approve('bundle-approve', made.digest, seen);
    }
    expect((await committed(admins, made)).state).toBe('committed');
    const { body } = await receiptFor(admins.operator, set, made.digest);
    expect(body).toMatchObject({ outcome: 'committed', adopted: { proof: 'organisation' } });
  });

  it('cannot prove a version whose component is not the one that Vault holds', async () => {
    if (otherVersion === undefined) throw new Error('there are more vintages');
    const second = await worldOf(servers, otherVersion);
    try {
      await expect(
        askedAdoption(second.service.admins.operator, second.set, 'v2', 'adopt', {
          organisationKeys: [{ surveyId: 1, organisationId: 1, teamId: null }],
        }),
      ).rejects.toThrow(code('adopt-organisations-version'));
    } finally {
      await second.deployment.stop();
    }
  });

  it('believes CheckTick’s table where it says whose a survey is', async () => {
    if (unstored === undefined) throw new Error('there are more vintages');
    const { deployment, service, set } = await worldOf(servers, unstored);
    try {
      await linkTables(deployment);
      const [made] = await deployment.sql<{ id: number }>(
        `INSERT INTO surveys_organization (name) VALUES ('Ward group') RETURNING id::int`,
      );
      const [row] = await deployment.sql<{ id: number }>(
        `INSERT INTO surveys_survey (name, encrypted_kek_password, organization_id, team_id)
         VALUES ('kept', $1, $2, $3) RETURNING id::int`,
        [Buffer.alloc(76), made?.id, TEAM],
      );
      const key = { surveyId: row?.id ?? 0, organisationId: made?.id ?? 0, teamId: TEAM };
      await deployment.writeKv(vaultPaths.surveyKek(key.surveyId), {
        encrypted_kek: await organisationsKek(set.platformKey, {
          kek,
          way: key,
          surveyId: key.surveyId,
        }),
      });
      const named = (organisationKey: OrganisationKey) =>
        askedAdoption(service.admins.operator, set, 'v1', 'adopt', {
          organisationKeys: [organisationKey],
        });
      await expect(named({ ...key, teamId: 10 })).rejects.toThrow(code('organisation-differs'));
      await expect(named({ ...key, teamId: null })).rejects.toThrow(code('organisation-differs'));
      expect((await named(key)).nonce).toMatch(/^[0-9a-f]{32}$/);
    } finally {
      await deployment.stop();
    }
  });
});
