// What Node 20 and Chrome 108's successors define and the Node 16.17 of Electron 22 does not.
const { Blob } = require('node:buffer');
const { webcrypto } = require('node:crypto');
const web = require('node:stream/web');
const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');

function define(target, entries) {
  for (const [name, value] of Object.entries(entries)) {
    if (target[name] === undefined) {
      Object.defineProperty(target, name, { value, writable: true, configurable: true });
    }
  }
}

/** The same algorithm, by way of a message port: errors are DOMExceptions, `transfer` works. */
function structuredClone(value, options) {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value, options?.transfer ?? []);
    return receiveMessageOnPort(port2).message;
  } finally {
    port1.close();
  }
}

function domException() {
  try {
    structuredClone(() => undefined);
  } catch (error) {
    return error.constructor;
  }
  throw new Error('no DOMException');
}

class CustomEvent extends Event {
  #detail;
  constructor(type, options = {}) {
    super(type, options);
    this.#detail = options.detail ?? null;
  }
  get detail() {
    return this.#detail;
  }
}

define(globalThis, {
  Blob,
  CustomEvent,
  crypto: webcrypto,
  structuredClone,
  DOMException: domException(),
});
define(globalThis, web);
// undici looks for the globals above while it loads.
const undici = require('./undici-node16/index.js');
define(globalThis, {
  fetch: undici.fetch,
  File: undici.File,
  FormData: undici.FormData,
  Headers: undici.Headers,
  Request: undici.Request,
  Response: undici.Response,
});

define(Array.prototype, {
  toSorted(compare) {
    return [...this].sort(compare);
  },
  toReversed() {
    return [...this].reverse();
  },
  toSpliced(...change) {
    const copy = [...this];
    copy.splice(...change);
    return copy;
  },
  with(index, value) {
    const copy = [...this];
    const at = index < 0 ? copy.length + index : index;
    if (at < 0 || at >= copy.length) throw new RangeError('Invalid index');
    copy[at] = value;
    return copy;
  },
});
define(Object.getPrototypeOf(Uint8Array.prototype), {
  toSorted(compare) {
    return this.slice().sort(compare);
  },
  toReversed() {
    return this.slice().reverse();
  },
});
define(Array, {
  async fromAsync(items, map = (item) => item) {
    const out = [];
    for await (const item of items) out.push(await map(item, out.length));
    return out;
  },
});

function grouped(items, key, add) {
  let index = 0;
  for (const item of items) add(key(item, index++), item);
}
define(Object, {
  groupBy(items, key) {
    const groups = Object.create(null);
    grouped(items, key, (name, item) => (groups[name] ??= []).push(item));
    return groups;
  },
});
define(Map, {
  groupBy(items, key) {
    const groups = new Map();
    grouped(items, key, (name, item) => {
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(item);
    });
    return groups;
  },
});
define(Promise, {
  withResolvers() {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  },
});
define(Set.prototype, {
  union(other) {
    return new Set([...this, ...other.keys()]);
  },
  intersection(other) {
    return new Set([...this].filter((item) => other.has(item)));
  },
  difference(other) {
    return new Set([...this].filter((item) => !other.has(item)));
  },
  isSubsetOf(other) {
    return [...this].every((item) => other.has(item));
  },
});
define(String.prototype, {
  isWellFormed() {
    return !/\p{Surrogate}/u.test(this);
  },
});
define(URL, {
  canParse(text, base) {
    try {
      return Boolean(new URL(text, base));
    } catch {
      return false;
    }
  },
});
define(AbortSignal, {
  any(signals) {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
  },
});
define(Symbol, { dispose: Symbol('Symbol.dispose'), asyncDispose: Symbol('Symbol.asyncDispose') });
