/**
 * A static host of the strict kind, to test the built pages on: a folder served from some path, with a
 * Content-Security-Policy, and with nothing that only a development server would do.
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
});

export const POLICY = "script-src 'self' 'wasm-unsafe-eval'";

/**
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.base begins and ends with a slash
 * @param {number} options.port 0: any that is free
 * @param {string | null} [options.policy] the Content-Security-Policy; null: none
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ folder, base, port, policy = POLICY }) {
  const server = createServer(async (request, response) => {
    const path = decodePath(request.url ?? '/');
    const file = path?.startsWith(base) ? await resolve(folder, path.slice(base.length)) : null;
    if (file === null || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(file === null ? 404 : 405, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      ...(policy === null ? {} : { 'content-security-policy': policy }),
      // Module scripts of another site load only with this; public static hosts send it.
      'access-control-allow-origin': '*',
      'cache-control': 'no-cache',
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  });
  await new Promise((done, failed) =>
    server.once('error', failed).listen(port, '127.0.0.1', () => done(null)),
  );
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}${base}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** @param {string} url @returns {string | null} */
function decodePath(url) {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
}

/**
 * @param {string} folder
 * @param {string} path below it
 * @returns {Promise<string | null>} the file that answers; null: none
 */
async function resolve(folder, path) {
  const file = normalize(join(folder, path));
  if (path.includes('\0') || !`${file}${sep}`.startsWith(join(folder, sep))) return null;
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) return resolve(folder, join(path, 'index.html'));
  return found?.isFile() ? file : null;
}

/** @returns {Promise<number>} a port that nobody uses at this moment */
export async function freePort() {
  const { url, close } = await serve({ folder: '', base: '/', port: 0 });
  await close();
  return Number(new URL(url).port);
}
