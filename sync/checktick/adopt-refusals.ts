/**
 * How the adoption of an existing platform key refuses.
 * @module
 */
import type { TicketKind } from '../../shared/bundle/ticket.ts';
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';
import { refuseFlow } from '../trust/refusals.ts';

/** What the operator at the laptop chose when the ticket was made. */
const TICKET_FOR: Readonly<Record<TicketKind, string>> = {
  recover: 'a recovery',
  adopt: 'an adoption',
  'rotate-shares': 'new shares',
  'new-version': 'a new platform key',
  'migrate-escrows': 'moving survey keys',
  drill: 'a full drill',
};

const UNSPENT = 'Nothing was changed, and no bundle was spent.';

export const refuseAdoption = refusals({
  'adopt-nothing': (version: string) => ({
    happened: `Neither Vault nor the database holds a vault component of key version ${version}.`,
    means: `There is no platform key that could be adopted under this name. ${UNSPENT}`,
    next: 'Check the name with "conclave-sync version list". If there never was a platform key, set one up.',
    culprit: version,
  }),
  'adopt-name': (version: string) => ({
    happened: `The database has a key version that is called ${JSON.stringify(version)}.`,
    means: `No document of Conclave can name it: a name is 1 to 20 letters, digits, dots, hyphens and underscores. ${UNSPENT}`,
    next: 'Ask the maintainers; change nothing in the table by hand.',
    culprit: version,
  }),
  'adopt-second': (version: string, trusted: readonly string[]) => ({
    happened: `Sync trusts a share set of key version ${trusted.join(', ')} already, and ${version} is another one.`,
    means: `One version of a deployment is adopted, as the first thing that sync trusts; this Conclave cannot take over a second. What is stored under ${version} opens with its own shares as before. ${UNSPENT}`,
    next: `Keep the shares of ${version} where they are, and destroy none of them. Surveys under it are recovered by CheckTick’s own procedure.`,
    culprit: version,
  }),
  'adopt-many': (count: number, most: number) => ({
    happened: `The database has ${count} key versions, and a package carries at most ${most}.`,
    means: `Sync does not leave any of them out by itself. ${UNSPENT}`,
    next: 'Ask the maintainers.',
  }),
  'adopt-length': (version: string) => ({
    happened: `The vault component in the row of key version ${version} is not 16 to 64 bytes long.`,
    means: `It was damaged or cut, or something else was written there. ${UNSPENT}`,
    next: 'Two people find out who wrote it and restore the row from a backup.',
    culprit: version,
  }),
  'adopt-organisations-version': (version: string) => ({
    happened: `Vault’s platform/master-key holds the component of another version than ${version}.`,
    means: `CheckTick makes the keys of organisations with that one, so no survey key of theirs can prove ${version}. ${UNSPENT}`,
    next: `Ask for the package of ${version} without survey keys of organisations.`,
    culprit: version,
  }),
  'adopt-moved': () => ({
    happened:
      'Vault or the key versions in the database are not as they were when this was asked for.',
    means: `The approvers were shown something else than what would go out. ${UNSPENT}`,
    next: 'Find out who wrote there. Then ask for a new package, with a new ticket.',
  }),
  'ticket-other-kind': (kind: TicketKind, wanted: TicketKind) => ({
    happened: `This ticket was made for ${TICKET_FOR[kind]}, not for ${TICKET_FOR[wanted]}.`,
    means: 'Whoever made it meant something else. The ticket is not used up; nothing was changed.',
    next: `Have a ticket for ${TICKET_FOR[wanted]} made at the laptop, or ask for the package of ${TICKET_FOR[kind]}.`,
  }),
  'adopt-not-answered': () => ({
    happened: 'This bundle does not answer what its package says of the key that exists.',
    means: `Which place is right, by what it was proved, and who decided must fit what sync found. ${UNSPENT}`,
    next: 'Make the bundle again from the package, with this Conclave.',
  }),
  'adopt-component': (where: string) => ({
    happened: `${where} does not hold the vault component that this bundle adopts.`,
    means: `Its check value in the manifest does not fit what is there: it was changed since the package was made, or the shares are of another key. ${UNSPENT}`,
    next: 'Two people find out who wrote there. If the right value comes back, try again; otherwise refuse the bundle.',
    culprit: where,
  }),
});

/** Why nothing more is adopted, once sync trusts a set: of this version, or of another one. */
export function refuseTrusted(version: string, versions: Readonly<Record<string, unknown>>) {
  return Object.hasOwn(versions, version)
    ? refuseFlow('trust-exists')
    : refuseAdoption('adopt-second', version, Object.keys(versions).sort());
}

export const adoptMeanings: Meanings = {
  'adopt-nothing': { status: 404 },
  'adopt-name': { status: 409 },
  'adopt-second': { status: 409 },
  'adopt-many': { status: 409 },
  'adopt-length': { status: 409 },
  'adopt-organisations-version': { status: 409 },
  'adopt-moved': { status: 409 },
  'ticket-other-kind': { status: 409 },
  'adopt-not-answered': { status: 409 },
  'adopt-component': { status: 409 },
};
