// Stands where Electron's own default_app.asar would be: starts the app whose folder is the first
// plain argument, or the packaged one beside it, after adding what a current Electron has and 22
// does not. Development and rehearsals only: the app refuses production in this runtime.
const { app } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

process.env.CONCLAVE_RUNTIME = 'development-electron-22';
require('./globals.cjs');
require('./statfs.cjs');
require('./protocol.cjs');
require('./fork.cjs');
require('./clipboard.cjs');

function isApp(argument) {
  return !argument.startsWith('-') && fs.existsSync(path.join(argument, 'package.json'));
}

const packaged = path.join(process.resourcesPath, 'conclave.asar');
const named = process.argv.slice(1).find(isApp);
const folder = fs.existsSync(packaged) ? packaged : named && path.resolve(named);
if (!folder) {
  console.error('Name the folder of the app to start.');
  process.exit(2);
}
if (folder !== packaged) process.defaultApp = true;

const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setName(about.productName ?? about.name);
app.setVersion(about.version);
app.setAppPath(folder);
if (!app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()));
}
require(path.resolve(folder, about.main));
