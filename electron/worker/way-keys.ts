/**
 * The keys between an organisation's passphrase and its survey keys, each derived once and lent.
 * @module
 */
import { teamKey } from '../../shared/checktick/index.ts';

/** What wraps the survey keys of a team; null: of the organisation itself. */
export type KeyOf = (teamId: number | null) => Promise<Uint8Array>;

/** @param organisation the organisation's key, 32 bytes; wiped here */
export async function withTeamKeys<T>(
  organisation: Uint8Array,
  work: (keyOf: KeyOf) => Promise<T>,
): Promise<T> {
  const teams = new Map<number, Uint8Array>();
  try {
    return await work(async (teamId) => {
      if (teamId === null) return organisation;
      const key = teams.get(teamId) ?? (await teamKey(organisation, teamId));
      teams.set(teamId, key);
      return key;
    });
  } finally {
    for (const key of [organisation, ...teams.values()]) key.fill(0);
  }
}
