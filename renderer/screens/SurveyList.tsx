/**
 * Surveys of an organisation, one a line, with what is said of each.
 * @module
 */
import { surveyInWords, type PackagedSurvey } from '../../shared/bundle/organisation.ts';
import { Facts } from '../../ui/Facts.tsx';

export interface SurveyLine extends Pick<PackagedSurvey, 'surveyId' | 'teamId'> {
  readonly says: string;
}

export function SurveyList({ surveys }: { readonly surveys: readonly SurveyLine[] }) {
  return <Facts facts={surveys.map((one) => ({ name: surveyInWords(one), value: one.says }))} />;
}
