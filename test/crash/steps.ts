/**
 * What a laptop is doing when it dies.
 * @module
 */
import type { RosterPlan } from '../../shared/plan/roster-plan.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { give, start } from '../support/adopt-laptop.ts';
import type { Hands } from '../support/entry-script.ts';
import { agreeOnSet } from '../support/headless-add-set.ts';
import { refreshUntil } from '../support/headless-refresh.ts';
import { OWNERS_WORDS } from '../support/member-documents.ts';
import { NEW_WORDS, ORGANISATION_FACTS } from '../support/organisation-documents.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import type { Table } from './table.ts';

type Kind = Parameters<Table['host']['start']>[0];

const MODE = 'rehearsal';

/** In the middle of which ceremony, and how far it goes where nothing stops it. */
export const DOINGS = [
  'split',
  'adopt',
  'recover',
  'member',
  'passphrase',
  'organisation',
  'hand-over',
  'drill',
  'full-drill',
  'check',
  'roster',
  'activate',
  'retire',
  'move',
  'refresh',
  'add-set',
  'new-key',
  'new-shares',
  'receipt',
  'comparison',
  'destruction',
  'retired',
] as const;
export type Doing = (typeof DOINGS)[number];

/** What a doing is told. */
export interface Told {
  readonly plan: Plan;
  /** Which ceremony waits for its receipt. */
  readonly ceremonyId: string;
  /** Which set's shares are destroyed, or checked without sync. */
  readonly set: { readonly setId: string; readonly generation: number };
  /** Of a refresh: labels of sticks for the new shares, by who brings one; who has none gets paper. */
  readonly fresh: Readonly<Record<string, string>>;
  /** Of an adoption: CheckTick's own shares, as it printed them. */
  readonly legacy: readonly string[];
}

const ROSTER: RosterPlan = {
  people: [
    { name: 'custodian 2', roles: ['custodian'], medium: null },
    { name: 'custodian 4', roles: ['custodian'], medium: null },
    { name: 'operator 2', roles: ['operator'], medium: 'paper' },
    { name: 'witness', roles: ['witness'], medium: null },
  ],
  admins: null,
  page: 'A4',
};

/** What is done with a ticket and shares, up to the bundle. */
async function withTicket({ host, room, people, pocket }: Table, kind: Kind): Promise<View> {
  await host.start(kind, MODE);
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  return room.until(({ screen }) => screen === 'waiting');
}

async function adopt(table: Table, { plan, legacy }: Told): Promise<View> {
  const { host, room, people, pocket } = table;
  await start({ host, room, people, sync: { mode: MODE } }, pocket, plan);
  await give(table, 'a former custodian', ...legacy);
  await room.say({ type: 'continue' });
  return room.until(({ screen }) => screen === 'waiting');
}

async function renew(table: Table, kind: 'rotate' | 'new-version', plan: Plan): Promise<View> {
  const { host, room, people, pocket } = table;
  await host.start(kind, MODE);
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan });
  for (const role of ['operator', 'witness'] as const) {
    await room.until(({ screen, turn }) => screen === 'identity' && turn?.role === role);
    await room.say({ type: 'identity', how: 'existing-usb', volumeId: await room.stickOf(role) });
  }
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  return room.until(({ screen }) => screen === 'waiting');
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What the owner of the organisation types. */
function owner({ people }: Table, hands: Hands): void {
  people.get(ORGANISATION_FACTS.owner).hands = hands;
}

/** Does it to the end. */
export async function doing(what: Doing, table: Table, told: Told): Promise<View> {
  const { host, room } = table;
  switch (what) {
    case 'new-shares':
      return renew(table, 'rotate', told.plan);
    case 'new-key':
      return renew(table, 'new-version', told.plan);
    case 'split':
      await host.start('split', MODE);
      await room.until(({ screen }) => screen === 'plan');
      await room.say({ type: 'plan', plan: told.plan });
      return room.until(({ screen }) => screen === 'waiting');
    case 'adopt':
      return adopt(table, told);
    case 'recover':
      return withTicket(table, 'recover');
    case 'member':
      owner(table, { passphrases: [utf8(OWNERS_WORDS)] });
      return withTicket(table, 'recover-member');
    case 'passphrase':
      owner(table, { own: [utf8(NEW_WORDS)], passphrases: [utf8(NEW_WORDS)] });
      return withTicket(table, 'migrate-organisation');
    case 'organisation':
      owner(table, { passphrases: [utf8(OWN_WORDS)] });
      return withTicket(table, 'migrate-organisation');
    case 'full-drill':
      return withTicket(table, 'drill');
    case 'move':
    case 'hand-over':
      return withTicket(table, 'migrate-escrows');
    case 'check':
      await host.start('drill', MODE, told.set);
      return room.until(({ screen }) => screen === 'drill-checked');
    case 'drill':
    case 'activate':
    case 'retire':
      await host.start(what, MODE);
      return room.until(({ screen }) => screen === 'waiting');
    case 'roster':
      await host.start('roster', MODE);
      await room.until(({ screen }) => screen === 'roster-plan');
      await room.say({ type: 'roster-plan', plan: ROSTER });
      return room.until(({ screen }) => screen === 'waiting');
    case 'add-set':
      await host.start('add-set', MODE);
      await room.until(({ screen }) => screen === 'plan');
      await agreeOnSet(table, told.plan);
      return room.until(({ screen }) => screen === 'waiting');
    case 'refresh':
      await host.start('refresh', MODE);
      return refreshUntil(table, { to: told.fresh }, ({ screen }) => screen === 'waiting');
    case 'receipt':
      await host.resume(told.ceremonyId);
      return room.until(({ screen }) => screen === 'closed');
    case 'comparison':
      await host.start('rotate', MODE);
      await room.until(({ screen }) => screen === 'plan');
      await room.say({ type: 'compare-only' });
      await room.until(({ screen }) => screen === 'ticket-key');
      table.people.expect(table.pocket);
      return room.until(({ screen }) => screen === 'compared');
    case 'destruction':
    case 'retired': {
      await host.start('destroy', MODE, told.set);
      await room.until(({ screen }) => screen === 'destruction');
      await room.say({ type: 'destruction', witness: 'witness', backupsTried: true });
      return room.until(({ screen }) => screen === 'destroyed');
    }
  }
}
