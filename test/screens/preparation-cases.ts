/**
 * What is done from home before a ceremony: tickets, plans, which change fits, a record from a stick.
 * @module
 */
import type { Page } from 'playwright';
import { emptyHome, home } from '../../renderer/fixtures/answers.ts';
import { EIGHT_WORDS } from '../../renderer/fixtures/people.ts';
import { pick, press, type ScreenCase } from './case.ts';
import { sameHome } from './home-cases.ts';

const readRecord = (fileName: string) => async (page: Page) => {
  await press('Continue from a stick')(page);
  await pick(page, fileName);
  await press('Read the record')(page);
};

async function openPlan(page: Page): Promise<void> {
  await press('Prepare a ceremony')(page);
  await pick(page, 'conclave-plan-');
  await press('Open this plan')(page);
  await page.getByLabel('Place').and(page.locator('[value*="Board room"]')).waitFor();
}

async function leaveRecord(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await press('Back to home')(page);
}

export const preparations: readonly ScreenCase[] = [
  {
    name: 'ticket',
    heading: 'Make a ticket for a recovery',
    home,
    prepare: press('Make a ticket for a recovery'),
    leave: press('Back to home'),
  },
  {
    name: 'ticket-made',
    heading: 'Carry the stick to sync',
    home,
    async prepare(page) {
      await press('Make a ticket for a recovery')(page);
      await page.getByLabel('Operator', { exact: true }).fill('The operator');
      await pick(page, 'HOME-2', 'The stick for the ticket');
      await pick(page, 'COURIER', 'The stick with your identity');
      await press('Make the ticket')(page);
    },
    leave: press('The words were read, back to home'),
  },
  {
    name: 'prepare',
    heading: 'Write down who comes, with what, when and where',
    home,
    prepare: press('Prepare a ceremony'),
    leave: press('Back to home'),
  },
  {
    name: 'prepare-findings',
    heading: 'Write down who comes, with what, when and where',
    says: 'To put right: it could not be held like this.',
    home,
    dark: true,
    async prepare(page) {
      await openPlan(page);
      await page.getByLabel('Place').scrollIntoViewIfNeeded();
    },
    leave: press('Back to home'),
  },
  {
    name: 'prepare-others',
    heading: 'Write down who comes, with what, when and where',
    says: 'Nobody stands in for The operator as operator.',
    home,
    async prepare(page) {
      await openPlan(page);
      await page.getByLabel('Remarks, if any').scrollIntoViewIfNeeded();
    },
    leave: press('Back to home'),
  },
  {
    name: 'prepare-recover',
    heading: 'Write down who comes, with what, when and where',
    says: 'there can never be enough.',
    home,
    async prepare(page) {
      await openPlan(page);
      await page.getByLabel('Which ceremony').selectOption('recover');
      await page.getByLabel('How many shares that exist are needed').fill('3');
      await page.getByLabel('Remarks, if any').scrollIntoViewIfNeeded();
    },
    leave: press('Back to home'),
  },
  {
    name: 'prepare-saved',
    heading: 'Keep the stick for the ceremony',
    home,
    async prepare(page) {
      await openPlan(page);
      await pick(page, 'HOME-2', 'The stick for the plan');
      await press('Save the plan on this stick')(page);
    },
    leave: press('The words are written down, back to home'),
  },
  {
    name: 'prepare-same-people',
    heading: 'Write down who comes, with what, when and where',
    says: 'hold unseal keys of Vault, and 2 unseal it.',
    home: sameHome,
    async prepare(page) {
      await openPlan(page);
      await page.getByText('hold unseal keys of Vault').scrollIntoViewIfNeeded();
    },
    leave: press('Back to home'),
  },
  {
    name: 'rotate-ticket',
    heading: 'Make a ticket for new shares',
    says: 'sync’s half of the key',
    home,
    prepare: press('Make a ticket for new shares'),
    leave: press('Back to home'),
  },
  {
    name: 'version-ticket',
    heading: 'Make a ticket for a new platform key',
    says: 'sync’s half of the key in use',
    home,
    prepare: press('Make a ticket for a new platform key'),
    leave: press('Back to home'),
  },
  {
    name: 'move-ticket',
    heading: 'Make a ticket for moving survey keys',
    says: 'sync’s half of the key that is emptied',
    home: {
      ...home,
      sets: home.sets.slice(0, 2).map((set, at) => ({
        ...set,
        keyVersion: `v${2 - at}`,
        standing: 'live' as const,
      })),
    },
    prepare: press('Make a ticket for moving survey keys'),
    leave: press('Back to home'),
  },
  {
    name: 'which-change',
    heading: 'What has happened?',
    says: 'Nothing is begun here',
    home,
    prepare: press('Which change fits what happened?'),
    leave: press('Back to home'),
  },
  ...(
    [
      ['new-shares', 'A share was lost', 'New shares answer this.'],
      ['refresh', 'A share may have been copied or seen', 'A refresh of the shares answers this.'],
      ['add-set', 'A second group of people is to open it', 'Another set of the same key answers'],
      ['drill', 'The shares are to be proved again', 'A drill answers this.'],
      ['roster', 'An operator or witness comes or leaves', 'A change of who takes part'],
      ['new-key', 'The key or enough shares may be known', 'What it does not end'],
    ] as const
  ).map(([name, trigger, says]): ScreenCase => ({
    name: `which-change-${name}`,
    heading: 'What has happened?',
    says,
    home,
    dark: name === 'new-key',
    async prepare(page) {
      await press('Which change fits what happened?')(page);
      await pick(page, trigger);
    },
    leave: press('Back to home'),
  })),
  {
    name: 'adopt-ticket',
    heading: 'Make a ticket for an adoption',
    says: 'Which sync it is for',
    home: emptyHome,
    prepare: press('Make a ticket for an adoption'),
    leave: press('Back to home'),
  },
  {
    name: 'adopt-ticket-trusted',
    heading: 'Make a ticket for an adoption',
    says: 'It is written to the same stick as the ticket, under six words of its own.',
    home: { ...emptyHome, trustedSyncs: home.trustedSyncs },
    async prepare(page) {
      await press('Make a ticket for an adoption')(page);
      if (await page.getByText('Which sync it is for').isVisible()) {
        throw new Error('It asks for a sync that is trusted.');
      }
    },
    leave: press('Back to home'),
  },
  {
    name: 'adopt-ticket-other',
    heading: 'Make a ticket for an adoption',
    says: 'Its descriptor is on a stick',
    home: { ...emptyHome, trustedSyncs: home.trustedSyncs },
    async prepare(page) {
      await press('Make a ticket for an adoption')(page);
      await pick(page, 'Another sync');
      await page.getByText('Which sync it is for').waitFor();
    },
    leave: press('Back to home'),
  },
  {
    name: 'adopt-ticket-made',
    heading: 'Carry the stick to sync',
    says: 'All three type them.',
    home: emptyHome,
    async prepare(page) {
      await press('Make a ticket for an adoption')(page);
      await pick(page, 'conclave-descriptor-');
      await page.getByLabel('Eight words of the descriptor').fill(EIGHT_WORDS);
      await page.getByLabel('Operator', { exact: true }).fill('The operator');
      await pick(page, 'HOME-2', 'The stick for the ticket');
      await press('Make the ticket')(page);
    },
    leave: press('The words were read, back to home'),
  },
  {
    name: 'continue',
    heading: 'Plug in the stick with the earlier ceremonies',
    home,
    prepare: press('Continue from a stick'),
    leave: press('Back to home'),
  },
  {
    name: 'continue-descriptor',
    heading: 'Type the eight words that sync’s operator reads aloud',
    says: 'The record speaks of',
    home,
    prepare: readRecord('conclave-chain-'),
    leave: leaveRecord,
  },
  {
    name: 'continue-set',
    heading: 'Type the eight words of the share set',
    home,
    prepare: readRecord('conclave-log-'),
    leave: leaveRecord,
  },
];
