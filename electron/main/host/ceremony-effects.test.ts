import { expect, test } from 'vitest';
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { Mode } from '../../../shared/mode.ts';
import { execute } from './ceremony-effects.ts';
import type { EffectContext } from './effect-context.ts';
import type { Lasting } from './executors.ts';

const TURN = { name: 'custodian 1', role: 'custodian', index: 1 } as const;
const readBack = (how: 'file' | 'camera'): Parameters<typeof execute>[0] => ({
  effect: 'read-back',
  turn: TURN,
  how,
  volumeId: null,
  withIdentity: false,
  sheetNumber: 1,
});

const REACHED = 'the worker was asked';

/** Enough of a ceremony to see whether the worker would be asked. */
function context(mode: Mode, excused: boolean): EffectContext {
  const worker = () => Promise.reject(new Error(REACHED));
  const part: Pick<EffectContext, 'mode' | 'excused' | 'worker'> = {
    mode,
    excused: () => excused,
    worker,
  };
  return part as EffectContext;
}

test.each<[Mode, boolean, 'file' | 'camera', string]>([
  ['production', false, 'file', 'file-needs-exception'],
  ['production', true, 'file', REACHED],
  ['production', false, 'camera', REACHED],
  ['rehearsal', false, 'file', REACHED],
])('in %s (exception sheet: %s) a %s: %s', async (mode, excused, how, expected) => {
  const ended: unknown = await execute(readBack(how), context(mode, excused)).catch(
    (error: unknown) => error,
  );
  const code = ended instanceof Error && 'code' in ended ? ended.code : null;
  expect(code ?? (ended instanceof Error ? ended.message : 'no error')).toBe(expected);
});

test('a share from a file is refused before the worker hears of it, too', async () => {
  const effect: Effect = { effect: 'accept-share', index: 1, how: 'file', volumeId: null };
  await expect(execute(effect, context('production', false))).rejects.toMatchObject({
    code: 'file-needs-exception',
  });
});

test.each<[Lasting, string]>([
  [{ effect: 'wrap-surveys', owner: 'owner 1' }, 'migrate-organisation'],
  [{ effect: 'open-kek', owner: 'owner 1' }, 'recover-member'],
])(
  'what an owner copied or selected is gone after %o, also when nothing came of it',
  async (effect, kind) => {
    let cleared = 0;
    const given = {
      gathered: { package: { body: { kind } }, manifest: { body: {} } },
      platform: { clearClipboard: () => void (cleared += 1) },
      worker: () => Promise.resolve({ askInWindow: () => Promise.reject(new Error(REACHED)) }),
    } as unknown as EffectContext;
    await expect(execute(effect, given)).rejects.toThrow(REACHED);
    expect(cleared).toBe(1);
  },
);
