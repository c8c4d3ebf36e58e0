import { describe, expect, test } from 'vitest';
import { NOW, PLAN, READY } from '../../test/support/ceremony-facts.ts';
import { walk } from '../../test/support/ceremony.ts';
import type { Mode } from '../mode.ts';
import { CEREMONY_POINTS, PROBE_IDS, stopping } from './laptop-check.ts';
import { splitView } from './split/view.ts';
import type { SplitState } from './split/state.ts';
import type { Finding } from './types.ts';

const HEAD = { entries: 9, words: 'four words of it' };

/** A Split whose laptop was just looked at, and then told to go on. */
function looked(mode: Mode, findings: readonly Finding[]) {
  const walked = walk('split', 'plan', mode);
  walked.feed({ type: 'plan', plan: PLAN });
  walked.feed({ type: 'environment-checked', findings, now: NOW });
  const view = splitView(walked.state as SplitState, HEAD);
  walked.say({ type: 'continue' });
  return { walked, view };
}

describe('a real ceremony', () => {
  test('goes on when everything was looked at and passed', () => {
    const { walked, view } = looked('production', READY);
    expect(view).toMatchObject({ screen: 'environment', stops: false });
    expect(walked.state.phase.at).toBe('clock');
  });

  test.each(CEREMONY_POINTS)('stops when nobody looked at %s, and shows it', (id) => {
    const { walked, view } = looked(
      'production',
      READY.filter((finding) => finding.id !== id),
    );
    expect(walked.state.refusal?.code).toBe('environment-stops');
    expect(walked.state.refusal?.happened).toContain(`nobody looked at “${id}”`);
    expect(walked.state.phase.at).toBe('environment');
    if (view.screen !== 'environment') throw new Error(`The screen is ${view.screen}.`);
    expect(view.stops).toBe(true);
    expect(view.findings.find((finding) => finding.id === id)?.status).toBe('unknown');
    const probe = `probe.${id.replaceAll('-', '')}`;
    const [recorded] = walked.recorded('environment-checked');
    expect(recorded).toMatchObject({ standing: 'not ready', [probe]: 'unknown' });
  });

  test('stops when nothing was looked at', () => {
    expect(looked('production', []).walked.state.phase.at).toBe('environment');
  });

  test('stops at one that failed beside the same one that passed', () => {
    const twice = [...READY, { ...READY[0], status: 'fail' } as Finding];
    expect(looked('production', twice).walked.state.phase.at).toBe('environment');
  });
});

test('a rehearsal goes on, and its transcript says what nobody looked at', () => {
  const { walked } = looked('rehearsal', []);
  expect(walked.state.phase.at).toBe('clock');
  const [recorded] = walked.recorded('environment-checked');
  expect(recorded).toMatchObject({
    standing: 'good enough to rehearse only',
    'probe.swap': 'unknown',
    'probe.stick': 'unknown',
  });
});

test('a ticket needs the laptop alone, every point of it', () => {
  const laptop = READY.filter(({ id }) => id !== 'stick');
  expect(stopping('production', laptop, PROBE_IDS)).toEqual([]);
  for (const id of PROBE_IDS) {
    const without = laptop.filter((finding) => finding.id !== id);
    expect(stopping('production', without, PROBE_IDS).map((one) => one.id)).toEqual([id]);
  }
});
