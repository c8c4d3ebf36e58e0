/**
 * Looking for whom and what: users of CheckTick, and the surveys of theirs that can be recovered.
 * @module
 */
import { z } from 'zod';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { CLOSED } from './requests.ts';

/** So many are shown; whoever sees that there are more types more of the name. */
const MOST = 20;

const user = z.object({
  id: columns.integer,
  userName: columns.text,
  email: columns.text,
  name: columns.text,
  active: columns.boolean,
});
export type FoundUser = z.infer<typeof user>;

const escrow = z.object({
  userId: columns.integer,
  userName: columns.text,
  email: columns.text,
  name: columns.text,
  active: columns.boolean,
  surveyId: columns.integer,
  surveyName: columns.text,
  /** Null: CheckTick wrote none down; the key's own version is found by trying. */
  keyVersion: columns.text.nullable(),
  escrowedAt: columns.time,
  /** Code of a request about exactly this that is still open. */
  openRequest: columns.text.nullable(),
});
export type FoundEscrow = z.infer<typeof escrow>;

export interface Found<T> {
  readonly found: readonly T[];
  readonly more: boolean;
}

/** The text itself, for numbers; and as a part of a name, with nothing that LIKE would interpret. */
function patterns(text: string): readonly [string, string] {
  return [text, `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`];
}

function firstOf<T>(rows: readonly T[]): Found<T> {
  return { found: rows.slice(0, MOST), more: rows.length > MOST };
}

const NAME = `trim(u.first_name || ' ' || u.last_name)`;
const USER_MATCHES = `(u.id::text = $1 OR u.username ILIKE $2 OR u.email ILIKE $2 OR ${NAME} ILIKE $2)`;

/** Users by number, user name, address or name; whose number it is comes first. */
export async function searchUsers(on: Queryable, text: string): Promise<Found<FoundUser>> {
  return firstOf(
    await on.rows(
      user,
      `SELECT u.id, u.username AS "userName", u.email, ${NAME} AS name, u.is_active AS active
         FROM auth_user u WHERE ${USER_MATCHES}
        ORDER BY (u.id::text = $1) DESC, u.username, u.id LIMIT ${MOST + 1}`,
      patterns(text),
    ),
  );
}

/** What was escrowed, by number or name of the user or of the survey. */
export async function searchEscrows(on: Queryable, text: string): Promise<Found<FoundEscrow>> {
  return firstOf(
    await on.rows(
      escrow,
      `SELECT u.id AS "userId", u.username AS "userName", u.email, ${NAME} AS name,
              u.is_active AS active, s.id AS "surveyId", s.name AS "surveyName",
              e.platform_key_version_id AS "keyVersion", e.escrowed_at AS "escrowedAt",
              (SELECT r.request_code FROM surveys_recoveryrequest r
                WHERE r.user_id = u.id AND r.survey_id = s.id AND r.status <> ALL($3)
                ORDER BY r.submitted_at DESC LIMIT 1) AS "openRequest"
         FROM surveys_usersurveykekescrow e
         JOIN auth_user u ON u.id = e.user_id
         JOIN surveys_survey s ON s.id = e.survey_id
        WHERE ${USER_MATCHES} OR s.id::text = $1 OR s.name ILIKE $2
        ORDER BY (u.id::text = $1 OR s.id::text = $1) DESC, u.username, s.name, s.id
        LIMIT ${MOST + 1}`,
      [...patterns(text), CLOSED],
    ),
  );
}
