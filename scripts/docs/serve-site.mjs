// A web server for the built site, on a free port of this machine.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2' }

export function serveSite(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://site').pathname))
    const file = [path, `${path}.html`, join(path, 'index.html')].map((one) => join(folder, one)).find((one) => existsSync(one) && statSync(one).isFile())
    response.writeHead(file ? 200 : 404, { 'content-type': file ? (types[extname(file)] ?? 'application/octet-stream') : 'text/plain' })
    if (file) createReadStream(file).pipe(response)
    else response.end('not found')
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })))
}
