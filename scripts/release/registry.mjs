// A registry of npm on this machine that has the packed packages, so that they are installed as they will be: by name, version and peer range.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { run } from './tools.mjs'

/**
 * Serves the tarballs of a folder under their own scope; all other packages come from where npm has them.
 * @returns `env`, by which npm asks here, and `close`.
 */
export async function openRegistry(folder) {
  const packuments = new Map()
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
    response.setHeader('cache-control', 'no-store')
    if (path.endsWith('.tgz')) return response.end(readFileSync(join(folder, basename(path))))
    const packument = packuments.get(path.slice(1))
    if (packument === undefined) response.statusCode = 404
    response.end(JSON.stringify(packument ?? { error: 'there is no such package' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${server.address().port}/`
  for (const file of readdirSync(folder)) {
    const { out } = await run('tar', ['-xOf', join(folder, file), 'package/package.json'])
    const manifest = JSON.parse(out)
    const integrity = `sha512-${createHash('sha512').update(readFileSync(join(folder, file))).digest('base64')}`
    packuments.set(manifest.name, {
      name: manifest.name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist: { tarball: address + file, integrity } } },
    })
  }
  return { env: { 'npm_config_@touchstone:registry': address }, close: () => server.close() }
}
