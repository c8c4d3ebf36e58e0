/**
 * What each kind of bundle changes of what custodians guard, in the words of somebody who knows
 * nothing of sync. Who is told, and that he can object, follows from this table alone.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { Bundle } from '../../shared/bundle/bundle.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { addedSetChange } from './add-set.ts';
import { adoptionChange } from './adopt.ts';
import { moveChange } from '../moves/words.ts';
import { organisationChange } from './organisation.ts';
import { refreshChange } from './refresh.ts';
import { rosterIn } from './roster.ts';
import { rotationChange } from './rotate.ts';
import { activationChange, retirementChange } from './change-version.ts';
import { newVersionChange } from './version.ts';

export interface Change {
  /** For the subject of a mail: `set up platform key version v1`. No foreign text. */
  readonly short: string;
  /** One sentence: what would be different afterwards. */
  readonly sentence: string;
  /** The same once it is done. */
  readonly done: string;
}

type Kind = Bundle['kind'];
type BodyOf<K extends Kind> = Extract<Bundle, { kind: K }>;

/** Null: changes neither trust nor components nor whose surveys are, so no custodian is told. */
const CHANGES: { readonly [K in Kind]: ((body: BodyOf<K>) => Change) | null } = {
  setup: ({ keyVersion, manifest, mode }) => {
    const { label, threshold, count } = parseManifest(encodeJson(manifest), mode).body;
    const set = `share set ${asOneLine(label, 80)}`;
    const who = `${count} custodians, any ${threshold} of whom can open the key together`;
    return {
      short: `set up platform key version ${keyVersion}`,
      sentence: `Platform key version ${keyVersion} would be set up, and ${set} would be the first that is trusted for it: ${who}.`,
      done: `Platform key version ${keyVersion} was set up, and ${set} is the first that is trusted for it: ${who}.`,
    };
  },
  recover: null,
  'recover-member': null,
  'migrate-organisation': organisationChange,
  drill: null,
  adopt: adoptionChange,
  'rotate-shares': rotationChange,
  'new-version': newVersionChange,
  activate: activationChange,
  retire: retirementChange,
  'migrate-escrows': moveChange,
  refresh: refreshChange,
  'add-set': addedSetChange,
  roster: (body) => {
    const { serial } = rosterIn(body);
    const list = `the list of people who take part (roster ${serial})`;
    if (body.admins === null) {
      return {
        short: 'change who takes part',
        sentence: `A new version of ${list} would be in force. No share and no key would change.`,
        done: `A new version of ${list} is in force. No share and no key has changed.`,
      };
    }
    const names = body.admins.map(({ name }) => asOneLine(name, 60)).join(' and ');
    return {
      short: 'replace every admin of the recovery service',
      sentence: `All admins of the recovery service are said to have lost their keys. Every one of them would be disabled, and ${names} would be its only admins; a new version of ${list} would be in force. No share and no key would change.`,
      done: `Every admin of before is disabled, and ${names} are the only admins of the recovery service; a new version of ${list} is in force. No share and no key has changed.`,
    };
  },
};

/** Null for a bundle that changes neither trust nor components. */
export function changeOf<K extends Kind>(body: BodyOf<K>): Change | null {
  const of: ((body: BodyOf<K>) => Change) | null = CHANGES[body.kind];
  return of === null ? null : of(body);
}
