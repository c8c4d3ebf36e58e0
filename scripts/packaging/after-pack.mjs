// electron-builder's hook: burns the fuses into the binary that is packed.
import path from 'node:path';
import { burnFuses } from './fuses.mjs';

export default function afterPack({ appOutDir, packager }) {
  const standIn = process.env.CONCLAVE_DIST_STAND_IN === '1';
  burnFuses(path.join(appOutDir, packager.executableName), { standIn });
}
