/**
 * Show the sheet to the camera. While it does not read, the screen says why.
 * @module
 */
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { Camera } from './Camera.tsx';
import { Head, OtherWays } from './parts.tsx';

export function Scan(props: {
  readonly task: Extract<EntryTask, { task: 'scan' }>;
  readonly use: (way: EntryWay) => void;
}) {
  const { task, use } = props;
  return (
    <>
      <Head heading={`Show ${task.title} to the camera`} />
      <Camera
        how="Hold the sheet flat before the camera, the large square towards it."
        otherwise={
          task.ways.some((way) => way !== 'camera')
            ? 'Try again, or choose another way below.'
            : 'Try again, or choose Cancel: nothing is lost by that.'
        }
        another="Show another sheet"
      >
        <OtherWays ways={task.ways} now="camera" use={use} />
      </Camera>
    </>
  );
}
