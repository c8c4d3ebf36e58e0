// See fork.cjs.
process.env.CONCLAVE_RUNTIME = 'development-electron-22';
require('./globals.cjs');
require('./statfs.cjs');

process.argv.splice(1, 1);
require(process.argv[1]);
