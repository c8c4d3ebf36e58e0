/**
 * A code that somebody made of the text of a legacy share, shown to the camera.
 * @module
 */
import { Camera } from './Camera.tsx';
import { Head } from './parts.tsx';

export function LegacyCode() {
  return (
    <>
      <Head heading="Show the code of your legacy share to the camera" />
      <Camera
        how="A legacy share is one that was made by CheckTick’s own command; somebody made a code of its text. Hold the code flat before the camera."
        otherwise="Try again, or choose Cancel and bring the legacy share in another way."
        another="Show another code"
      />
    </>
  );
}
