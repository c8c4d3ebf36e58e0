/**
 * CheckTick's numbers, as they are typed.
 * @module
 */

const ONE = /^[1-9]\d{0,14}$/;

export function numberFault(text: string): string | undefined {
  const typed = text.trim();
  return typed === '' || ONE.test(typed) ? undefined : 'A whole number, from 1.';
}

export interface SurveyPlace {
  readonly surveyId: number;
  readonly teamId: number | null;
}

/** `31:9, 40`: survey 31 of team 9, survey 40 of no team. Undefined: something else was typed. */
export function surveysOf(text: string): SurveyPlace[] | undefined {
  const places: SurveyPlace[] = [];
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [survey = '', team, ...more] = part.split(':');
    if (more.length > 0 || !ONE.test(survey) || (team !== undefined && !ONE.test(team))) {
      return undefined;
    }
    places.push({ surveyId: Number(survey), teamId: team === undefined ? null : Number(team) });
  }
  return places;
}
