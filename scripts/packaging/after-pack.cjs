// Turns off the switches in Electron's binary that would let someone run other code in it.
const { FuseV1Options: Fuse, FuseVersion } = require('@electron/fuses');

exports.default = async function afterPack(context) {
  // The stand-in of scripts/electron22 starts the app from a loader beside the archive.
  const standIn = process.env.CONCLAVE_DIST_STAND_IN === '1';
  await context.packager.addElectronFuses(context, {
    version: FuseVersion.V1,
    // A fuse that a newer Electron adds must be decided here before anything is packed.
    strictlyRequireAllFuses: !standIn,
    [Fuse.RunAsNode]: false,
    [Fuse.EnableCookieEncryption]: true,
    [Fuse.EnableNodeOptionsEnvironmentVariable]: false,
    [Fuse.EnableNodeCliInspectArguments]: false,
    [Fuse.EnableEmbeddedAsarIntegrityValidation]: true,
    [Fuse.OnlyLoadAppFromAsar]: !standIn,
    [Fuse.LoadBrowserProcessSpecificV8Snapshot]: false,
    ...(standIn ? {} : { [Fuse.GrantFileProtocolExtraPrivileges]: false }),
  });
};
