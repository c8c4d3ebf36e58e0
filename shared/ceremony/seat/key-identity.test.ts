/**
 * Sittings of people whose identity a YubiKey makes: made, used in the same ceremony and in later
 * ones, listed in the roster, and what happens when the key fails.
 */
import { describe, expect, test } from 'vitest';
import {
  CREDENTIAL,
  keyOf,
  PLAN,
  ROSTER_FACTS,
  ROSTER_PLAN,
} from '../../../test/support/ceremony-facts.ts';
import { nextWord, place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { narrateEntry } from '../../transcript/narrate.ts';
import { viewOf as show } from '../machines.ts';
import type { CeremonyEvent } from '../events.ts';
import type { Plan } from '../../plan/set-plan.ts';
import type { RecoverState } from '../recover/state.ts';
import { newPeople, type RosterState } from '../roster/state.ts';
import type { SplitState } from '../split/state.ts';

const ON_KEY: Plan = { ...PLAN, operator: { ...PLAN.operator, medium: 'yubikey-fido2' } };
const HEAD = { entries: 1, words: 'four words' };
const viewOf = ({ state }: Walk) => show(state, HEAD);

/** Goes on; whoever may use a YubiKey for the identity does. */
function untilOnKeys(walked: Walk, there: string, who: (name: string) => boolean = () => true) {
  while (place(walked.state) !== there) {
    const { phase } = walked.state;
    const word = nextWord(walked.state);
    if (word === null) throw new Error(`never at ${there}`);
    const onKey =
      phase.at === 'seat' && phase.seat.step === 'identity' && who(phase.seat.turn.name);
    const mayBeNew =
      phase.at === 'seat' && (phase.seat.purpose === 'enrol' || phase.seat.purpose === 'share');
    walked.say(onKey ? { type: 'identity', how: mayBeNew ? 'new-key' : 'existing-key' } : word);
    if (walked.state.refusal !== null) throw new Error(walked.state.refusal.code);
  }
  return walked;
}

const split = (there: string, who?: (name: string) => boolean) =>
  untilOnKeys(walk('split', 'plan').say({ type: 'plan', plan: ON_KEY }), there, who);
const say = (walked: Walk, event: CeremonyEvent) => walked.feed(event).state;

describe('in a Split', () => {
  test('who enrols with a key writes nothing and makes no copy', () => {
    const walked = split('operator identity');
    expect(viewOf(walked)).toMatchObject({ mayUseKey: true, prefersKey: true, maySkip: false });
    const made = walked.say({ type: 'identity', how: 'new-key' });
    expect(place(made.state)).toBe('operator copy');
    expect(viewOf(made)).toMatchObject({ screen: 'copy', onKey: true, written: [] });
    for (const medium of ['usb', 'paper', 'yubikey-fido2'] as const) {
      expect(say(made, { type: 'another-copy', medium }).refusal?.code).toBe('not-now');
    }
    expect(place(made.say({ type: 'continue' }).state)).toBe('witness handover');
    expect(made.effects.map(({ effect }) => effect)).not.toContain('write-usb');
  });

  test('the transcript has key and attestation, and reads in English', () => {
    const walked = split('witness handover');
    const [facts] = walked.recorded('identity-on-key');
    expect(facts).toMatchObject({
      name: 'operator',
      role: 'operator',
      model: 'YubiKey 5 NFC',
      'statement.1': 'A'.repeat(4000),
      'statement.2': 'A'.repeat(1000),
    });
    expect(walked.recorded('identity-ready')[0]).toMatchObject({
      how: 'made on a YubiKey, and made again after it was out',
    });
    if (facts === undefined) throw new Error('no entry');
    const chain = { mode: 'production' as const, ceremonyId: '44'.repeat(16) };
    const told = narrateEntry(makeEntry(chain, undefined, { kind: 'identity-on-key', ...facts }));
    expect(told).toMatch(
      /^The personal key .* of operator \(operator\) is made by a YubiKey 5 NFC/,
    );
    expect(told).toContain('with PIN and touch for each signature');
  });

  test('planned for a key, and on a stick after all', () => {
    const walked = split('operator identity').say({ type: 'identity', how: 'new' });
    walked.say({ type: 'continue' });
    expect(viewOf(walked)).toMatchObject({ screen: 'write', medium: 'usb' });
    walked.until((state) => place(state) === 'witness handover');
    expect((walked.state as SplitState).credentials).toEqual({});
  });

  test('everybody on keys: the roster lists every credential, and windows ask for each signature', () => {
    const walked = split('save-bundle');
    const signed = walked.effects.flatMap((effect) =>
      effect.effect === 'sign-set' ? [effect.set.credentials] : [],
    );
    const names = [...PLAN.custodians.map(({ name }) => name), 'operator', 'witness'];
    expect(Object.keys(signed[0] ?? {}).sort()).toEqual(names.sort());
    const signing = walked.states.filter(
      ({ awaiting }) => awaiting === 'sealed' || awaiting === 'bundle-made',
    );
    expect(signing.length).toBeGreaterThan(names.length);
    expect(signing.every(({ busy }) => busy?.entryWindow === true)).toBe(true);
    // Shares are still written, and nothing is locked with words of an identity.
    const written = walked.effects.filter(({ effect }) => effect === 'write-usb');
    expect(written.every((effect) => 'withIdentity' in effect && !effect.withIdentity)).toBe(true);
    expect(walked.effects.map(({ effect }) => effect)).not.toContain('new-identity');
  });

  test('a key that dies before the signature: another identity, and the first is not listed', () => {
    const walked = split('1 attest');
    expect(viewOf(walked)).toMatchObject({ onKey: true, mayBeNew: true });
    expect((walked.state as SplitState).credentials['custodian 1']).toEqual(CREDENTIAL);
    walked.say({ type: 'other-identity' });
    expect(place(walked.state)).toBe('1 identity');
    walked.say({ type: 'identity', how: 'new' });
    untilOnKeys(walked, '1 attest', () => false);
    expect((walked.state as SplitState).credentials).not.toHaveProperty('custodian 1');
    expect(viewOf(walked)).toMatchObject({ onKey: false });
    expect(say(walked, { type: 'other-identity' }).refusal?.code).toBe('not-now');
  });

  test('a signature that was given up is asked for again, and nothing was signed', () => {
    const walked = split('1 attest');
    walked.feed({ type: 'sign' });
    expect(walked.state.busy?.entryWindow).toBe(true);
    walked.feed({ type: 'entry-cancelled' });
    expect(place(walked.state)).toBe('1 attest');
    expect(walked.state.busy).toBeNull();
    expect(place(walked.say({ type: 'sign' }).state)).toBe('2 handover');
  });
});

describe('in a Recover', () => {
  test('the identity is opened by the key, and signs in a window', () => {
    const walked = untilOnKeys(walk('recover', 'who'), '1 attest');
    const opened = walked.effects.filter(({ effect }) => effect === 'open-identity');
    expect(opened).toMatchObject([{ how: 'key', volumeId: null }]);
    expect(walked.recorded('identity-ready')[0]).toMatchObject({
      how: 'made by its YubiKey, as it is listed',
    });
    expect(viewOf(walked)).toMatchObject({ onKey: true, maySkip: true, mayBeNew: false });
    expect(place(untilOnKeys(walked, 'save-bundle').state)).toBe('save-bundle');
  });

  test('whose identity is on a key is told to bring it, and it is offered first', () => {
    const walked = walk('recover', 'who');
    const { recover } = walked.state as RecoverState;
    if (recover === null) throw new Error('no facts');
    const onKeys = [{ name: 'Custodian 1' }];
    walked.states.push({ ...(walked.state as RecoverState), recover: { ...recover, onKeys } });
    walked.say({ type: 'who', index: 1 });
    expect(viewOf(walked)).toMatchObject({ screen: 'handover', identityOnKey: true });
    walked.until((state) => place(state) === '1 identity');
    expect(viewOf(walked)).toMatchObject({ prefersKey: true });
  });

  test('a key that fails: the share counts, without the signature', () => {
    const walked = untilOnKeys(walk('recover', 'who'), '1 attest');
    walked.say({ type: 'other-identity' });
    walked.say({ type: 'skip-identity', reason: 'the PIN is blocked' });
    expect(place(walked.state)).toBe('who');
    expect(walked.recorded('exception')[0]?.['text']).toContain('the PIN is blocked');
  });

  test('nobody makes a new identity there', () => {
    const walked = walk('recover', '1 identity');
    expect(say(walked, { type: 'identity', how: 'new-key' }).refusal?.code).toBe('not-now');
  });
});

describe('in a change of the roster', () => {
  const withKey = {
    ...ROSTER_PLAN,
    people: ROSTER_PLAN.people.map((person) =>
      person.name === 'custodian 2' ? { ...person, medium: 'yubikey-fido2' as const } : person,
    ),
  };

  test('a new identity on a key is listed with its credential; who stays keeps theirs', () => {
    const walked = walk('roster', 'roster-plan');
    const { change } = walked.state as RosterState;
    if (change === null) throw new Error('no facts');
    const before = { ...CREDENTIAL, id: 'b0'.repeat(64) };
    const people = change.people.map((person) =>
      person.name === 'custodian 1' ? { ...person, credential: before } : person,
    );
    walked.states.push({ ...(walked.state as RosterState), change: { ...change, people } });
    walked.say({ type: 'roster-plan', plan: withKey });
    untilOnKeys(walked, 'roster-facts', (name) => name === 'custodian 2');
    const next = newPeople(walked.state as RosterState);
    const credentials = Object.fromEntries(next.map(({ name, credential }) => [name, credential]));
    expect(credentials['custodian 1']).toEqual(before);
    expect(credentials['custodian 2']).toEqual(CREDENTIAL);
    expect(credentials['custodian 3']).toBeUndefined();
  });

  test('an admin of sync signs at another computer: no key, in the plan and at the seat', () => {
    const [admin] = ROSTER_PLAN.admins ?? [];
    if (admin === undefined) throw new Error('no admins');
    const people = ROSTER_PLAN.people.map((person) =>
      person.name === admin.name ? { ...person, medium: 'yubikey-fido2' as const } : person,
    );
    const refused = walk('roster', 'roster-plan').say({
      type: 'roster-plan',
      plan: { ...ROSTER_PLAN, people },
    });
    expect(refused.state.refusal?.code).toBe('identity-needs-file');
    const walked = walk('roster', 'roster-plan');
    walked.until(
      ({ phase }) =>
        phase.at === 'seat' && phase.seat.turn.role === 'admin' && phase.seat.step === 'identity',
    );
    expect(viewOf(walked)).toMatchObject({ mayUseKey: false, prefersKey: false });
    for (const how of ['new-key', 'existing-key'] as const) {
      expect(say(walked, { type: 'identity', how }).refusal?.code).toBe('identity-needs-file');
    }
  });

  test('the key of before is admitted by the roster only', () => {
    const walked = walk('roster', '1 identity');
    walked.feed({ type: 'identity', how: 'existing-key' });
    const name = 'custodian 1';
    walked.feed({
      type: 'identity-opened',
      name,
      publicKey: keyOf('witness'),
      credential: CREDENTIAL,
    });
    expect(walked.state.refusal?.code).toBe('identity-not-listed');
    expect(ROSTER_FACTS.onKeys).toEqual([]);
  });
});
