/**
 * Every kind of line in sync's diary, and what it says in plain words. The table is closed: an
 * event of a type that is not here does not compile.
 * @module
 */

/** The facts of one event, as they were written. */
export type EventFacts = Readonly<Record<string, unknown>>;

type Say = (facts: EventFacts) => string;

function fact(facts: EventFacts, name: string): string {
  const value = facts[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
const named = (facts: EventFacts, name: string): string => {
  const value = fact(facts, name);
  return value === '' ? '' : ` ${value}`;
};
/** `: why`, or nothing. */
const because = (facts: EventFacts, name: string): string => {
  const value = fact(facts, name);
  return value === '' ? '' : `: ${value}`;
};

/** `: custodian 1 (custodian), witness (witness)`, or nothing. */
const listed = (facts: EventFacts): string => {
  const { people } = facts;
  if (!Array.isArray(people)) return '';
  const names = people.filter((one): one is string => typeof one === 'string');
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
};

/** What happened, without who did it. */
export const EVENT_SENTENCES = {
  'admin-active': (facts) => `The admin${named(facts, 'name')} registered a first key`,
  'admin-added': (facts) => `The admin${named(facts, 'name')} was added at the console`,
  'admin-confirmed': (facts) => `The invitation of${named(facts, 'name')} was confirmed`,
  'admin-disabled': (facts) => `The admin${named(facts, 'name')} was disabled`,
  'admin-named': (facts) => `The custodians named the admin${named(facts, 'name')}`,
  'admin-first': (facts) => `The first admin${named(facts, 'name')} was made at the console`,
  'admin-invited': (facts) => `${fact(facts, 'name') || 'Somebody'} was invited as an admin`,
  'alert-closed': (facts) => `An alert ended: ${fact(facts, 'alert').replaceAll('-', ' ')}`,
  'alert-opened': (facts) => `An alert was opened: ${fact(facts, 'alert').replaceAll('-', ' ')}`,
  'audit-exported': (facts) => `The audit list was exported as${named(facts, 'format')}`,
  'bundle-approved': () => 'A bundle was approved',
  'bundle-committed': ({ notReadBack }) =>
    Array.isArray(notReadBack) && notReadBack.length > 0
      ? 'A bundle was committed: written, and two approvers accepted that not all of it was read back'
      : 'A bundle was committed: written, read back, receipt signed',
  'bundle-expired': () => 'A bundle ended: the time of its package was over',
  'bundle-imported': () => 'A bundle was taken in: every signature is good',
  'bundle-objected': (facts) =>
    `A bundle ended by an objection${because(facts, 'statement') || listed(facts)}`,
  'bundle-refused': (facts) => `A bundle was refused${because(facts, 'statement')}`,
  'claim-address-unproved': () =>
    'The user of a recovered survey got no link: no address is known to be his',
  'claim-code-made': () => 'A code for the user of a recovered survey was made',
  'claim-code-wrong': () => 'Somebody typed a wrong code for a recovered survey',
  'claim-ended': (facts) => `A claim was ended and its words destroyed${because(facts, 'reason')}`,
  'claim-expired': () => 'A claim was over: its words were destroyed',
  'claim-link-renewed': () => 'A new link was mailed to the user of a recovered survey',
  'claim-password-set': () => 'The user of a recovered survey set his own password',
  'claim-without-mail': () => 'The user of a recovered survey got no link: no mail could be queued',
  'commit-begun': () => 'A commit was begun',
  'difference-accepted': () =>
    'It was accepted that what a commit wrote is not there as it was written',
  'difference-found': () => 'What a commit wrote could not be read back as it was written',
  'enrolment-link': (facts) => `A link to register a key was made for${named(facts, 'name')}`,
  'escrow-refused': (facts) =>
    `A survey key was not stored (${fact(facts, 'code')}): user${named(facts, 'userId')}, survey${named(facts, 'surveyId')}`,
  'escrows-taken': (facts) =>
    `Survey keys were stored for recovery:${named(facts, 'stored')} new,${named(facts, 'proved')} verified`,
  'invitation-code': (facts) => `A new invitation code was made for${named(facts, 'name')}`,
  'key-added': (facts) => `A key was registered (${fact(facts, 'kind')}): ${fact(facts, 'label')}`,
  'key-revoked': (facts) => `A key was revoked (${fact(facts, 'kind')}): ${fact(facts, 'label')}`,
  'machine-added': (facts) => `The machine${named(facts, 'name')} was added at the console`,
  'mail-failed': (facts) =>
    `A mail could not be delivered and was given up${because(facts, 'why')}${listed(facts)}`,
  'mail-no-address': (facts) =>
    `Nobody was told of request${named(facts, 'code')}: CheckTick has no usable mail address`,
  'move-files-back': (facts) =>
    `All files of a bundle of survey keys that move were taken in:${named(facts, 'files')}`,
  'on-call-changed': (facts) =>
    `An admin is ${facts['onCall'] === true ? '' : 'no longer '}on call`,
  'package-approved': () => 'The release of a package was approved',
  'package-expired': (facts) =>
    `A package was not released in time and ended${because(facts, 'requestCode')}`,
  'package-released': (facts) =>
    `A package was released${because(facts, 'requestCode') || because(facts, 'keyVersion')}`,
  'package-requested': (facts) =>
    `A package was asked for${because(facts, 'requestCode') || because(facts, 'keyVersion')}`,
  'passphrase-acknowledged': () => 'A one-time passphrase was acknowledged, and destroyed',
  'passphrase-shown': () => 'A one-time passphrase was shown',
  'people-not-told': (facts) =>
    `People of the roster could not be told${because(facts, 'why')}${listed(facts)}`,
  'people-told': (facts) => `People of the roster were told by mail${listed(facts)}`,
  'receipt-committed': (facts) => `Receipt${named(facts, 'sequence')} was signed: committed`,
  'receipt-expired': (facts) => `Receipt${named(facts, 'sequence')} was signed: expired`,
  'receipt-objected': (facts) => `Receipt${named(facts, 'sequence')} was signed: objected`,
  'receipt-refused': (facts) => `Receipt${named(facts, 'sequence')} was signed: refused`,
  'request-approved': (facts) => `Request${named(facts, 'code')} was approved`,
  'request-cancelled': (facts) => `Request${named(facts, 'code')} was cancelled`,
  'request-made': (facts) => `Recovery request${named(facts, 'code')} was made`,
  'request-objected': (facts) => `Request${named(facts, 'code')} was stopped by its user's link`,
  'request-rejected': (facts) => `Request${named(facts, 'code')} was rejected`,
  'request-verified': (facts) =>
    `The identity check of request${named(facts, 'code')} was recorded`,
  'sign-in-failed': (facts) =>
    `A sign-in failed (${fact(facts, 'how')}), from the network${named(facts, 'from')}`,
  'signed-in': () => 'Somebody signed in at the page',
  'token-made': (facts) => `A token for the command line was made: ${fact(facts, 'label')}`,
  'token-revoked': () => 'A token for the command line was revoked',
  'transcript-kept': (facts) =>
    `The log of a ceremony was kept for the next laptop${named(facts, 'kind')}`,
} as const satisfies Readonly<Record<string, Say>>;

export type EventType = keyof typeof EVENT_SENTENCES;

const isKnown = (type: string): type is EventType => Object.hasOwn(EVENT_SENTENCES, type);

/** The plain sentence of an event, also of one that a newer sync has written. */
export function eventSentence(type: string, facts: EventFacts): string {
  return isKnown(type)
    ? EVENT_SENTENCES[type](facts)
    : `Something that this version of sync has no words for (${type})`;
}
