/** Somebody with the database puts a ticket of his own under the digest whose words were typed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketType } from '../../shared/bundle/ticket.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  askedAdoption,
  entryOf,
  MASTER_KEY,
  putRow,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import {
  approvedRequest,
  approvedSetup,
  askedPackage,
  committed,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { keptInstead } from '../support/sync-tricks.ts';

interface Case {
  readonly kind: 'adopt' | 'recover';
  /** Asked for, not yet released. */
  readonly asked: (
    world: Omit<Asked, 'nonce' | 'ticket'>,
  ) => Promise<Pick<Asked, 'nonce' | 'ticket'>>;
}

interface Asked {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly set: TestShareSet;
  readonly nonce: string;
  readonly ticket: TestTicket;
}

const CASES: readonly Case[] = [
  {
    kind: 'adopt',
    async asked({ deployment, service, set }) {
      await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
      await putRow(deployment, 'v1', set.vaultComponent);
      return askedAdoption(service.admins.operator, set);
    },
  },
  {
    kind: 'recover',
    async asked({ deployment, service: { admins }, set }) {
      await committed(admins, await approvedSetup(admins, set));
      await deployment.escrow(set.platformKey);
      const { people, survey } = deployment.checktick;
      const about = { userId: people.requester.id, surveyId: survey.id };
      const { code } = await approvedRequest(admins, about);
      return askedPackage(admins.operator, set, code);
    },
  },
];

describe('a ticket that was changed beside sync', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => stopServers(servers));

  it.each(CASES)('gets no package of kind $kind', async ({ kind, asked }) => {
    const deployment = await deploy({ servers });
    const service = await deployment.start();
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    const { nonce, ticket } = await asked({ deployment, service, set });
    const { operator, approver1, approver2 } = service.admins;
    const words = kind === 'adopt' ? { words: wordsOfTicket(ticket) } : {};
    const entry = { reason: 'as agreed', ...words };
    const theirs = ticketType.toBytes((await makeTicket(set, undefined, kind)).document);
    const ours = ticketType.toBytes(ticket.document);
    const { digest } = ticket.document;

    await keptInstead(deployment, digest, theirs);
    await expect(approver1.show('package-release', nonce, entry)).rejects.toMatchObject({
      code: 'nothing-found',
    });
    await keptInstead(deployment, digest, ours);
    await approver1.approve('package-release', nonce, entry);
    // The second has read the statement already: it is read once more when he signs.
    const open = await approver2.show('package-release', nonce, entry);
    await keptInstead(deployment, digest, theirs);
    await expect(approver2.sign(open)).rejects.toMatchObject({ code: 'nothing-found' });
    const state = async () => (await operator.get<PackageAnswer>(`/v1/packages/${nonce}`)).state;
    expect(await state()).toBe('requested');

    await keptInstead(deployment, digest, ours);
    await approver2.approve('package-release', nonce, entry);
    expect(await state()).toBe('released');
    await deployment.stop();
  });
});
