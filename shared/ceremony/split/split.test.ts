import { describe, expect, test } from 'vitest';
import { keyOf, NOW, PLAN, READY, shareKey } from '../../../test/support/ceremony-facts.ts';
import { place, walk } from '../../../test/support/ceremony.ts';
import type { CeremonyEvent, PersonEvent } from '../events.ts';
import type { Plan } from '../../plan/set-plan.ts';
import { splitView } from './view.ts';
import type { SplitState } from './state.ts';
import { splitTransition } from './transition.ts';

const refusalAfter = (at: string, event: PersonEvent) => walk('split', at).say(event).state.refusal;
const isSplit = (state: { ceremony: string }): state is SplitState => state.ceremony === 'split';

describe('a Split from package to receipt', () => {
  const done = walk('split', 'closed');

  test('goes through every step in the order of the design', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const custodian = (index: number, usb: boolean) =>
      [
        'handover',
        'identity',
        'words',
        'write',
        ...(usb ? ['replug'] : []),
        'read-back',
        'copy',
        'attest',
      ].map((step) => `${index} ${step}`);
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'plan',
      'environment',
      'clock',
      ...['handover', 'identity', 'words', 'write', 'replug', 'read-back', 'copy'].map(
        (step) => `operator ${step}`,
      ),
      ...['handover', 'identity', 'words', 'write', 'read-back', 'copy'].map(
        (step) => `witness ${step}`,
      ),
      'make-key',
      ...custodian(1, false),
      ...custodian(2, true),
      ...custodian(3, false),
      ...custodian(4, true),
      'prove',
      'set-ready',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('each custodian sits down exactly once', () => {
    const seated = done.recorded('person-seated').map(({ name }) => name);
    expect(seated).toEqual([
      'operator',
      'witness',
      ...PLAN.custodians.map(({ name }) => name),
      'witness',
      'operator',
    ]);
  });

  test('records in order: written, read back, attested; proved; signed; bundle; receipt; closed', () => {
    const kinds = done.effects.flatMap((effect) =>
      effect.effect === 'record' ? [effect.kind] : [],
    );
    expect(kinds).toEqual([
      'descriptor-trusted',
      'package-imported',
      'plan-agreed',
      'environment-checked',
      'clock-compared',
      'person-seated',
      'identity-ready',
      'person-seated',
      'identity-ready',
      'key-made',
      'component-split',
      ...PLAN.custodians.flatMap(() => [
        'person-seated',
        'share-writing',
        'share-written',
        'identity-ready',
        'share-read-back',
        'share-attested',
      ]),
      'quorum-proved',
      'set-signed',
      'person-seated',
      'identity-ready',
      'person-seated',
      'identity-ready',
      'bundle-made',
      'bundle-written',
      'receipt-imported',
      'ceremony-closed',
    ]);
  });

  test('an address that was given is in the transcript, and confirmed by its owner’s signature', () => {
    const mail = 'custodian.1@hospital.example';
    const [first, ...others] = PLAN.custodians;
    if (first === undefined) throw new Error('no custodian');
    const plan: Plan = {
      ...PLAN,
      custodians: [{ ...first, mail }, ...others],
      witness: { ...PLAN.witness, mail: 'witness@audit.example' },
    };
    const walked = walk('split', 'plan');
    walked.say({ type: 'plan', plan });
    walked.until((state) => state.phase.at === 'waiting');
    const [agreed] = walked.recorded('plan-agreed');
    expect(agreed).toMatchObject({
      'custodian.1.mail': mail,
      'witness.mail': 'witness@audit.example',
    });
    expect(Object.keys(agreed ?? {})).not.toContain('custodian.2.mail');
    const statements = walked
      .recorded('share-attested')
      .map(({ statement }) => JSON.stringify(statement));
    expect(statements.map((one) => /changes of the keys at (\S+)\."$/.exec(one)?.[1])).toEqual([
      mail,
      undefined,
      undefined,
      undefined,
    ]);
    const shown = walked.states.flatMap((state) => {
      const seen = splitView(state as SplitState, { entries: 1, words: 'w' });
      return seen.screen === 'attest' && seen.turn?.role === 'witness' ? [seen.statement] : [];
    });
    expect(shown[0]).toContain('Sync tells me of changes of the keys at witness@audit.example.');
    expect(done.recorded('plan-agreed')[0]).not.toHaveProperty(['witness.mail']);
  });

  test('only the operator, last, brings the share keys into the seal', () => {
    const seals = done.effects.flatMap((effect) =>
      effect.effect === 'seal' ? [effect.withQuorum] : [],
    );
    expect(seals).toEqual([false, false, false, false, false, true]);
  });

  test('signs a set of what was read back, with everybody’s key', () => {
    const signed = done.effects.find((effect) => effect.effect === 'sign-set');
    expect(signed).toMatchObject({
      set: {
        plan: PLAN,
        shares: [1, 2, 3, 4].map((index) => ({ index, publicKey: shareKey(index) })),
        keys: Object.fromEntries(
          [...PLAN.custodians, PLAN.operator, PLAN.witness].map(({ name }) => [name, keyOf(name)]),
        ),
        media: {
          1: [{ kind: 'paper', description: 'A4 sheet' }],
          2: [{ kind: 'usb', description: 'stick HOME (16 GB)' }],
          3: [{ kind: 'paper', description: 'A4 sheet' }],
          4: [{ kind: 'usb', description: 'stick HOME (16 GB)' }],
        },
      },
    });
  });

  test('a second copy at the custodian’s wish stands in the manifest too', () => {
    const walked = walk('split', '1 copy').say({ type: 'another-copy', medium: 'usb' });
    expect(place(walked.state)).toBe('1 write');
    walked.until((state) => place(state) === '1 attest');
    expect(isSplit(walked.state) && walked.state.media[1]).toEqual([
      { kind: 'paper', description: 'A4 sheet' },
      { kind: 'usb', description: 'stick HOME (16 GB)' },
    ]);
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    expect(view.screen === 'attest' && view.statement).toContain('A4 sheet and stick HOME (16 GB)');
  });

  test('another copy of an enrolled identity writes the identity again', () => {
    const walked = walk('split', 'operator copy').say({ type: 'another-copy', medium: 'paper' });
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    expect(view).toMatchObject({ screen: 'write', medium: 'paper', writes: ['personal identity'] });
  });
});

describe('what a Split refuses', () => {
  test.each<[string, string, PersonEvent, string]>([
    [
      'eight wrong words',
      'descriptor-words',
      { type: 'words', words: 'abandon ability' },
      'words-differ',
    ],
    [
      'words that are no words',
      'descriptor-words',
      { type: 'words', words: 'xyzzy' },
      'words-differ',
    ],
    ['an answer to another question', 'package', { type: 'continue' }, 'not-now'],
    ['signing before writing', '1 write', { type: 'sign' }, 'not-now'],
    ['paper where a stick was planned', '2 write', { type: 'choose-printer', id: 'p' }, 'not-now'],
    ['a stick where paper was planned', '1 write', { type: 'choose-volume', id: 'v' }, 'not-now'],
    ['typing what is on a stick', '2 read-back', { type: 'read', how: 'typed' }, 'not-now'],
    ['a stick for what is on paper', '1 read-back', { type: 'read', how: 'usb' }, 'not-now'],
    ['going on without reading back', '1 read-back', { type: 'continue' }, 'not-now'],
    [
      'a custodian without an identity',
      '1 identity',
      { type: 'skip-identity', reason: 'forgotten' },
      'not-now',
    ],
    [
      'a witness without a signature',
      'witness attest',
      { type: 'skip-identity', reason: 'forgotten' },
      'not-now',
    ],
    [
      'getting up without the share',
      '1 handover',
      { type: 'get-up', reason: 'in a hurry' },
      'not-now',
    ],
    [
      'a receipt before the bundle left',
      'save-bundle',
      { type: 'choose-document', id: 'r' },
      'not-now',
    ],
    [
      'void when there is a bundle',
      'save-bundle',
      { type: 'abandon', reason: 'tired of it' },
      'bundle-exists',
    ],
    ['void while it waits', 'waiting', { type: 'abandon', reason: 'tired of it' }, 'bundle-exists'],
  ])('%s', (_, at, event, code) => {
    const walked = walk('split', at);
    const before = walked.state;
    walked.say(event);
    expect(walked.state.refusal?.code).toBe(code);
    expect({ ...walked.state, refusal: null }).toEqual({ ...before, refusal: null });
  });

  test('names double, whatever their case, and gives the plan back', () => {
    const plan: Plan = { ...PLAN, witness: { name: 'Custodian 2', medium: 'paper' } };
    const walked = walk('split', 'plan').say({ type: 'plan', plan });
    expect(walked.state.refusal).toMatchObject({
      code: 'plan-names-double',
      culprit: 'Custodian 2',
    });
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    expect(view).toMatchObject({ screen: 'plan', plan });
  });

  test('a threshold over the number of shares', () => {
    const plan = { ...PLAN, threshold: 5 };
    expect(refusalAfter('plan', { type: 'plan', plan })?.code).toBe('plan-threshold');
  });

  test('an identity of somebody else, one shared by two, and another than the enrolled one', () => {
    const open = (at: string, name: string, publicKey: string) => {
      const walked = walk('split', at);
      walked.feed({ type: 'identity', how: 'existing-usb', volumeId: 'v' });
      walked.feed({ type: 'identity-opened', name, publicKey });
      return walked.state.refusal?.code;
    };
    expect(open('1 identity', 'custodian 2', keyOf('custodian 2'))).toBe('identity-other-name');
    expect(open('2 identity', 'custodian 2', keyOf('custodian 1'))).toBe('identity-shared');
    expect(open('witness identity', 'witness', keyOf('witness'))).toBeUndefined();
    const signing = walk('split', 'set-ready').say({ type: 'continue' });
    signing.until((state) => place(state) === 'witness identity');
    signing.feed({ type: 'identity', how: 'existing-paper' });
    signing.feed({ type: 'identity-opened', name: 'witness', publicKey: keyOf('operator') });
    expect(signing.state.refusal?.code).toBe('identity-not-listed');
    expect(place(signing.state)).toBe('witness identity');
  });

  test('an environment that is not ready: in production, until it was checked again', () => {
    const findings = READY.map((one) =>
      one.id === 'swap' ? { ...one, status: 'unknown' as const } : one,
    );
    for (const mode of ['production', 'rehearsal'] as const) {
      const walked = walk('split', 'plan', mode);
      walked.feed({ type: 'plan', plan: PLAN });
      walked.feed({ type: 'environment-checked', findings, now: NOW });
      walked.say({ type: 'continue' });
      expect(walked.state.refusal?.code).toBe(
        mode === 'production' ? 'environment-stops' : undefined,
      );
      if (mode === 'rehearsal') continue;
      expect(walked.state.phase.at).toBe('environment');
      walked.say({ type: 'check-again' }).say({ type: 'continue' });
      expect(walked.state.phase.at).toBe('clock');
    }
  });

  test('a clock that differs: recorded, and checked again', () => {
    const walked = walk('split', 'clock').say({ type: 'clock', agrees: false });
    expect(walked.state.refusal?.code).toBe('clock-differs');
    expect(walked.recorded('clock-compared')).toEqual([{ agrees: false }]);
    expect(walked.say({ type: 'check-again' }).state.phase.at).toBe('environment');
  });
});

describe('an interrupted Split', () => {
  test('is void and lists every medium that was written, also one written twice', () => {
    const walked = walk('split', '1 read-back').say({ type: 'write-again' });
    expect(walked.recorded('exception')).toHaveLength(1);
    walked
      .until((state) => place(state) === '2 copy')
      .say({ type: 'abandon', reason: 'a fire alarm' });
    expect(walked.state.phase).toMatchObject({ at: 'void', reason: 'a fire alarm' });
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    const media = [
      'custodian 1: share 1 of 4 and personal identity on A4 sheet',
      'custodian 1: share 1 of 4 and personal identity on A4 sheet',
      'custodian 2: share 2 of 4 and personal identity on stick HOME (16 GB), share.age',
    ];
    expect(view).toMatchObject({ screen: 'void', media });
    expect(walked.recorded('declared-void')).toEqual([
      { reason: 'a fire alarm', 'medium.1': media[0], 'medium.2': media[1], 'medium.3': media[2] },
    ]);
    expect(walked.effects.slice(-1)).toEqual([{ effect: 'finish' }]);
  });

  test('is void and lists also what a write that failed may have left', () => {
    const events: CeremonyEvent[] = [
      { type: 'choose-printer', id: 'office' },
      { type: 'refused', note: { code: 'print-failed', happened: '', means: '', next: '' } },
      { type: 'abandon', reason: 'a fire alarm' },
    ];
    let state = walk('split', '1 write').state as SplitState;
    for (const event of events) state = splitTransition(state, event).state;
    expect(splitView(state, { entries: 1, words: 'w' })).toMatchObject({
      screen: 'void',
      media: [
        'custodian 1: share 1 of 4 and personal identity on a sheet, not finished: look for it',
      ],
    });
  });

  test('nothing but an exception sheet is heard of once it is void', () => {
    const walked = walk('split', '1 write').say({ type: 'abandon', reason: 'a fire alarm' });
    for (const type of ['pause', 'resume'] as const) {
      expect(walked.feed({ type })).toEqual({ state: walked.state, effects: [] });
    }
    expect(walked.say({ type: 'abandon', reason: 'once more' }).state.refusal?.code).toBe(
      'not-now',
    );
    expect(walked.feed({ type: 'exception', text: 'too late' }).effects).toHaveLength(1);
  });
});

test('a negative receipt lists the new media; a committed one says who holds what', () => {
  const receipt = (outcome: 'committed' | 'refused') => {
    const walked = walk('split', 'waiting');
    walked.feed({ type: 'choose-document', id: 'r' });
    walked.feed({
      type: 'receipt-imported',
      digest: 'ef'.repeat(32),
      outcome,
      statement: 'So it is.',
    });
    const view = splitView(walked.state as SplitState, { entries: 1, words: 'w' });
    return view.screen === 'closed' ? view.media : null;
  };
  expect(receipt('committed')).toContain('custodian 3: share 3 on A4 sheet');
  expect(receipt('refused')).toContain(
    'custodian 3: share 3 of 4 and personal identity on A4 sheet',
  );
  expect(receipt('refused')).toHaveLength(4);
});
