/**
 * The main job, from an empty laptop and an empty sync to a survey that opens again: the same
 * ceremony host, media code and HTTP port as in the app, with people and admins by script.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHost } from '../../electron/main/host/host.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { fileAnswer } from '../../sync/routes/answers.ts';
import { changeRoster } from './change-roster.ts';
import { People } from './people.ts';
import { headlessPlatform } from './platform.ts';
import { recoverSurvey } from './recover-survey.ts';
import type { Made } from './report.ts';
import { practicePrinter, Room } from './room.ts';
import { carry, STICKS, type Scene } from './scene.ts';
import { setUp } from './set-up.ts';
import { startSyncSide } from './sync-side.ts';

export interface JobOptions {
  /** A folder that is made; nothing is written outside it. */
  readonly out: string;
  /** The people change afterwards. */
  readonly roster: boolean;
  /** One line of progress. */
  readonly say: (line: string) => void;
}

/** @returns what was made, in the order of making */
export function mainJob({ roster, ...options }: JobOptions): Promise<readonly Made[]> {
  const onView = narrator(options.say);
  return inScene({ ...options, sticks: STICKS, onView }, async (scene) => {
    const manifest = await setUp(scene);
    await recoverSurvey(scene, manifest);
    if (roster) await changeRoster(scene, manifest);
    return scene.made;
  });
}

/** An empty sync, an empty laptop, and nobody at the table yet. */
export async function inScene<T>(
  options: Pick<JobOptions, 'out' | 'say'> & {
    /** Who brings which. */
    readonly sticks: Readonly<Record<string, string>>;
    readonly onView: (view: View) => void;
  },
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const { out, say, sticks, onView } = options;
  const tableTop = join(out, 'table');
  await mkdir(tableTop, { recursive: true, mode: 0o700 });
  say('Starting sync: embedded database, rehearsal store, three admins');
  const sync = await startSyncSide(join(out, 'sync'));
  try {
    const people = new People();
    const newest: Scene['newest'] = {};
    const descriptor = await sync.as('operator').call(fileAnswer, 'GET', '/v1/descriptor');
    const host = createHost(
      headlessPlatform({
        dataFolder: join(out, 'laptop'),
        rehearsalFolder: tableTop,
        attend: (title, window) => people.attend(title, window),
      }),
    );
    const room = new Room({
      host,
      people,
      printer: practicePrinter(tableTop),
      arrangement: { sticks, descriptorWords: descriptor.words, documents: newest },
      onView,
    });
    const scene: Scene = { sync, room, people, tableTop, newest, made: [], say };
    // Lists the sticks once, which makes the folders that stand for them.
    await host.volumes('rehearsal');
    try {
      await carry(scene, 'descriptor', descriptor, 'of sync; its words are read aloud');
      return await play(scene);
    } finally {
      await host.shutdown();
    }
  } finally {
    await sync.close();
  }
}

/** Says what the screens say, once each. */
export function narrator(say: JobOptions['say']): (view: View) => void {
  let last = '';
  return ({ title, steps, busy, turn }) => {
    const now = steps.find(({ standing }) => standing === 'now');
    const who = turn === null ? '' : `${turn.name}: `;
    const line = `${title} · ${who}${busy?.doing ?? now?.label ?? 'done'}`;
    // Between two people there is nothing to tell.
    if (busy === null || line === last || busy.doing.startsWith('Clearing')) return;
    last = line;
    say(line);
  };
}
