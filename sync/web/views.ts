/**
 * The views of the page, in the order of the links above them.
 * @module
 */
import type { ComponentType } from 'react';
import type { ViewProps } from './lib/view.ts';
import { Admins } from './pages/Admins.tsx';
import { Audit } from './pages/Audit.tsx';
import { Drills } from './pages/Drills.tsx';
import { Laptop } from './pages/Laptop.tsx';
import { Queue } from './pages/Queue.tsx';
import { Requests } from './pages/Requests.tsx';
import { SurveyKeys } from './pages/SurveyKeys.tsx';
import { Versions } from './pages/Versions.tsx';
import { You } from './pages/You.tsx';

export interface View {
  /** In the address: `#/requests`. The queue's is empty. */
  readonly view: string;
  readonly name: string;
  readonly show: ComponentType<ViewProps>;
}

export const VIEWS: readonly View[] = [
  { view: '', name: 'Queue', show: Queue },
  { view: 'requests', name: 'Requests', show: Requests },
  { view: 'laptop', name: 'Laptop', show: Laptop },
  { view: 'versions', name: 'Key versions', show: Versions },
  { view: 'drills', name: 'Drills', show: Drills },
  { view: 'survey-keys', name: 'Survey keys', show: SurveyKeys },
  { view: 'audit', name: 'Audit', show: Audit },
  { view: 'admins', name: 'Admins', show: Admins },
  { view: 'you', name: 'You', show: You },
];
