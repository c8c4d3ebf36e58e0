// Here `clipboard.selection` was an argument of each method: what the middle button pastes.
const { clipboard } = require('electron');

if (clipboard.selection === undefined) {
  const selection = {
    clear: () => clipboard.clear('selection'),
    readText: () => Promise.resolve(clipboard.readText('selection')),
  };
  Object.defineProperty(clipboard, 'selection', { value: selection });
}
