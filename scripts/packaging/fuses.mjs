// The fuses of Electron's binary: switches that would let someone run other code in it. They lie
// in the binary as a wire: a sentinel, the version, how many there are, and one byte for each.
// Written here and not by @electron/fuses: the one that Node 20 runs knows eight of Electron 45's.
import { readFileSync, writeFileSync } from 'node:fs';

const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const VERSION = 1;
const OFF = 0x30;
const ON = 0x31;
/** Electron has no such switch any more; its byte does nothing. */
const REMOVED = 0x72;

/** In the wire's order. `standIn` where the older Electron of scripts/electron22 needs another. */
const FUSES = [
  { name: 'RunAsNode', value: OFF },
  { name: 'EnableCookieEncryption', value: ON },
  { name: 'EnableNodeOptionsEnvironmentVariable', value: OFF },
  { name: 'EnableNodeCliInspectArguments', value: OFF },
  { name: 'EnableEmbeddedAsarIntegrityValidation', value: ON },
  // The stand-in starts the app from a loader beside the archive.
  { name: 'OnlyLoadAppFromAsar', value: ON, standIn: OFF },
  { name: 'LoadBrowserProcessSpecificV8Snapshot', value: OFF },
  { name: 'GrantFileProtocolExtraPrivileges', value: OFF },
  // As Electron ships it: guard pages stop the readers of codes and PDF files (WebAssembly) at
  // the end of their memory. Off, V8 would check each access by code that hardly anybody runs.
  { name: 'WasmTrapHandlers', value: ON },
];
/** Before Electron 43 there were eight; the stand-in has seven. */
const FEWEST = { supported: 8, standIn: 7 };

function positions(binary) {
  const found = [];
  for (let at = binary.indexOf(SENTINEL); at !== -1; at = binary.indexOf(SENTINEL, at + 1)) {
    found.push(at + SENTINEL.length);
  }
  return found;
}

/** The bytes to write at this place. */
function wireFor(binary, at, standIn) {
  const [version, count] = binary.subarray(at, at + 2);
  if (version !== VERSION) {
    throw new Error(`The fuses of this Electron are of version ${version}; known is ${VERSION}.`);
  }
  if (count > FUSES.length) {
    throw new Error(
      `This Electron has ${count} fuses, and Conclave knows ${FUSES.length}. What the new ones switch must be decided in scripts/packaging/fuses.mjs before anything is packed.`,
    );
  }
  const fewest = standIn ? FEWEST.standIn : FEWEST.supported;
  if (count < fewest) {
    throw new Error(`This Electron has ${count} fuses, and at least ${fewest} must be set.`);
  }
  const wire = binary.subarray(at + 2, at + 2 + count);
  if (wire.length < count) throw new Error('The binary ends within its fuses.');
  return FUSES.slice(0, count).map((fuse, index) => {
    if (wire[index] === REMOVED) {
      throw new Error(
        `This Electron has the fuse ${fuse.name} no more. Whether Conclave is safe without it must be decided in scripts/packaging/fuses.mjs before anything is packed.`,
      );
    }
    return (standIn ? fuse.standIn : undefined) ?? fuse.value;
  });
}

/**
 * Sets every fuse in the bytes of Electron's binary. Throws, before anything is changed, where it
 * has none, an unknown one, too few, or one that Electron removed.
 */
export function setFuses(binary, { standIn }) {
  const found = positions(binary);
  if (found.length === 0) throw new Error('No fuses were found: this is no binary of Electron.');
  const wires = found.map((at) => ({ at: at + 2, bytes: wireFor(binary, at, standIn) }));
  for (const { at, bytes } of wires) binary.set(bytes, at);
}

/** Sets every fuse of a binary file. */
export function burnFuses(file, options) {
  const binary = readFileSync(file);
  setFuses(binary, options);
  writeFileSync(file, binary);
}
