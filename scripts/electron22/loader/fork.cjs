// Utility processes need the same globals, and ignore `execArgv: ['-r', …]`: they start in
// utility.cjs, which then requires the module that was meant.
const { utilityProcess } = require('electron');
const path = require('node:path');

const fork = utilityProcess.fork.bind(utilityProcess);
utilityProcess.fork = (modulePath, args = [], options) => {
  const given = Array.isArray(args) ? { args, options } : { args: [], options: args };
  const start = path.join(__dirname, 'utility.cjs');
  return fork(start, [path.resolve(modulePath), ...given.args], given.options);
};
