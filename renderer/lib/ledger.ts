/**
 * What the home screen says of a share set, in a word and a mark.
 * @module
 */
import type { HomeSet, HomeView } from '../../shared/ceremony/home.ts';
import { count, list, sayDate } from './say.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export interface Standing {
  readonly tone: Tone;
  readonly word: string;
  readonly sentence: string;
  /** Where it is not time that presses, though the tone is that of what is to come. */
  readonly mark?: 'warning';
}

/** Who holds a set that comes, goes on or ends. */
export function planInWords(set: {
  readonly threshold: number;
  readonly count: number;
  readonly custodians: readonly string[];
}): string {
  return `any ${set.threshold} of ${set.count}: ${set.custodians.join(', ')}`;
}

/** Reminds this long before a set has to be proved again. */
const SOON_MS = 60 * 24 * 3600 * 1000;

/** @param isApart whether it takes others for the other half than for these shares, as far as was said */
export function standingOf(set: HomeSet, now: Date, isApart: boolean): Standing {
  switch (set.standing) {
    case 'waiting-for-receipt':
      return {
        tone: 'warn',
        word: 'Waiting for its receipt',
        sentence: 'It is not in use before sync’s receipt has been read here.',
      };
    case 'void':
      return {
        tone: 'bad',
        word: 'Void',
        sentence:
          set.fitsToday && set.remnants.left > 0
            ? 'Conclave refuses its shares, but they are of the key in use: enough of them open it by other means. Guard what was written until it is destroyed.'
            : set.legacy !== null && set.remnants.left > 0
              ? 'Conclave refuses its shares, but they were split from the key in use: enough of them open it by other means. Guard what was written until it is destroyed.'
              : set.remnants.left === 0
                ? 'It opens nothing, and its shares are refused.'
                : 'It opens nothing, and its shares are refused. What was written of it is to be destroyed.',
      };
    case 'superseded':
      return {
        tone: 'plain',
        word: 'Replaced',
        sentence: set.fitsToday
          ? 'Its shares became others, which open the same, and these are refused. Until they are destroyed, a threshold of them is as good as one of the new.'
          : set.mayBeNeeded
            ? 'A newer set took its place, and its shares are refused. Guard them: nothing is destroyed before a fresh package has shown here that sync’s half fits the newer set.'
            : 'A newer set took its place. Its shares are refused.',
      };
    case 'retired':
      return {
        tone: 'plain',
        word: 'Retired',
        sentence:
          set.remnants.left === 0
            ? 'Sync ended this version and accepts its shares no more.'
            : 'Sync ended this version and accepts its shares no more. They still open its key: guard them as long as a backup may hold survey keys under it, then destroy them.',
      };
    case 'live':
      return live(set, now, isApart);
  }
}

function live(set: HomeSet, now: Date, isApart: boolean): Standing {
  const due = set.dueAt === null ? null : Date.parse(set.dueAt) - now.getTime();
  if (set.proved < set.threshold) {
    return {
      tone: 'bad',
      word: 'Not proved',
      sentence: `Only ${set.proved} of ${set.count} shares are known to be readable; ${set.threshold} are needed.`,
    };
  }
  if (set.notProved > 0) {
    return {
      tone: 'warn',
      mark: 'warning',
      word: set.notProved === 1 ? 'A share was not proved' : 'Shares were not proved',
      sentence: `${count(set.notProved, 'share')} of ${set.count} ${set.notProved === 1 ? 'was' : 'were'} called in a drill and not proved; ${set.proved} are known to be readable, ${set.threshold} are needed. Hold another drill for what can be brought, and have new shares made for what is lost.`,
    };
  }
  if (due !== null && due < 0) {
    return {
      tone: 'bad',
      word: 'Overdue',
      sentence: 'One of its shares, or more, was not proved for two years: hold a drill.',
    };
  }
  if (due !== null && due < SOON_MS) {
    return {
      tone: 'warn',
      word: 'Due soon',
      sentence: 'It is time to prove the shares again: hold a drill.',
    };
  }
  const sentence = `${set.proved} of ${set.count} shares were read back; ${set.threshold} are enough.`;
  return isApart
    ? { tone: 'good', word: 'Safe', sentence }
    : { tone: 'warn', word: 'Halves not apart', sentence, mark: 'warning' };
}

/** Live first, then what waits, then the rest; real before rehearsed. */
export function sortSets(sets: readonly HomeSet[]): HomeSet[] {
  const order: readonly HomeSet['standing'][] = [
    'live',
    'waiting-for-receipt',
    'void',
    'superseded',
    'retired',
  ];
  const rank = (set: HomeSet) =>
    order.indexOf(set.standing) + (set.mode === 'production' ? 0 : order.length);
  return [...sets].sort((a, b) => rank(a) - rank(b));
}

export function isEmpty({ sets, ceremonies }: HomeView): boolean {
  return sets.length === 0 && ceremonies.length === 0;
}

/** A set in use, real or rehearsed: there is something to make new shares of. */
export function hasSetInUse({ sets }: HomeView): boolean {
  return sets.some(({ standing }) => standing === 'live');
}

/** Two key versions beside each other, real or rehearsed: another one can be put to use. */
export function hasTwoVersions({ sets }: HomeView): boolean {
  const inUse = sets.filter(({ standing }) => standing === 'live');
  return inUse.some((one) =>
    inUse.some(({ mode, keyVersion }) => mode === one.mode && keyVersion !== one.keyVersion),
  );
}

/** That other sets open the same key; empty where there are none. */
export function joinedInWords({ opensAsWell }: Pick<HomeSet, 'opensAsWell'>): string {
  if (opensAsWell.length === 0) return '';
  const sets = count(opensAsWell.length, 'other set');
  const [opens, does] = opensAsWell.length === 1 ? ['opens', 'does'] : ['open', 'do'];
  return `${sets} ${opens} the same key without these shares, and ${does} not ask for them: ${list(opensAsWell)}. New shares end all of them.`;
}

/** Where new survey keys go, in a sentence; empty where no log here tells. */
export function useInWords({ standing, use }: HomeSet): string {
  if (standing !== 'live' || use === null) return '';
  return use === 'active'
    ? ' New survey keys are stored under it.'
    : ' New survey keys are stored under another version.';
}

/** What became of the survey keys under its version, in a sentence; empty where nothing is known. */
export function emptiedInWords({ standing, keyVersion, emptied }: HomeSet): string {
  if (standing !== 'live' || emptied === null) return '';
  const { at, to, stay } = emptied;
  const moved = `On ${sayDate(at)} sync moved what was stored under it to ${to}`;
  return stay === 0
    ? `${moved}, and nothing stayed: ${keyVersion} can be retired if sync finds nothing that hangs on it.`
    : `${moved}; ${count(stay, 'survey key')} stayed, which these shares open, and nothing else.`;
}

/** A real set in use: its sync trusts it, and refuses to adopt anything beside it. */
export function hasLiveSet({ sets }: HomeView): boolean {
  return sets.some(({ standing, mode }) => standing === 'live' && mode === 'production');
}
