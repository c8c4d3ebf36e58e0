// protocol.handle came with Electron 25: a handler from Request to Response, for every session.
const { app } = require('electron');

async function answer(handler, request, callback) {
  try {
    const { url, method, headers } = request;
    const response = await handler(new Request(url, { method, headers }));
    callback({
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      mimeType: (response.headers.get('content-type') ?? 'application/octet-stream').split(';')[0],
      data: Buffer.from(await response.arrayBuffer()),
    });
  } catch (error) {
    console.error(error);
    callback({ error: -2 });
  }
}

function equip({ protocol }) {
  protocol.handle ??= (scheme, handler) => {
    const registered = protocol.registerBufferProtocol(scheme, (request, callback) =>
      answer(handler, request, callback),
    );
    if (!registered) throw new Error(`The scheme ${scheme} is handled already.`);
  };
  protocol.unhandle ??= (scheme) => protocol.unregisterProtocol(scheme);
  protocol.isProtocolHandled ??= (scheme) => protocol.isProtocolRegistered(scheme);
}

app.on('session-created', equip);
