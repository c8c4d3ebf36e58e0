// fs.statfs came with Node 18.15.
const { execFile, execFileSync } = require('node:child_process');
const { callbackify, promisify } = require('node:util');

const FORMAT = ['-f', '-c', '%t %S %b %f %a %c %d', '--'];

function parse(output, bigint) {
  const [type, ...numbers] = output.trim().split(' ');
  const values = [`0x${type}`, ...numbers].map(bigint ? BigInt : Number);
  const [kind, bsize, blocks, bfree, bavail, files, ffree] = values;
  return { type: kind, bsize, blocks, bfree, bavail, files, ffree };
}

/** `stat` says why it failed in words; the callers want the code. */
function translated(error, path) {
  const code = /no such file/i.test(String(error.stderr)) ? 'ENOENT' : 'EIO';
  return Object.assign(new Error(`${code}: statfs '${path}'`), { code, syscall: 'statfs', path });
}

async function statfs(path, options) {
  try {
    const { stdout } = await promisify(execFile)('stat', [...FORMAT, String(path)]);
    return parse(stdout, options?.bigint);
  } catch (error) {
    throw translated(error, path);
  }
}

function statfsSync(path, options) {
  try {
    const output = execFileSync('stat', [...FORMAT, String(path)], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return parse(output, options?.bigint);
  } catch (error) {
    throw translated(error, path);
  }
}

const fs = require('node:fs');
fs.statfsSync ??= statfsSync;
fs.promises.statfs ??= statfs;
fs.statfs ??= callbackify(statfs);
