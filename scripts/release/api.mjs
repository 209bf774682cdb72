/*
 * What each package exports, as text that a reviewer reads: api/<package>.api.md, one per entry. A change of the public face shows up there, or the check fails.
 *
 * node scripts/release/api.mjs    writes them anew
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { packages, root, Unfit } from './tools.mjs'

const reports = join(root, 'api')

/** Every entry of every package: `{ name, types, path }`, named as its report is. */
const entries = packages.flatMap(({ path, manifest }) =>
  Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([entry, { types }]) => ({ name: [basename(manifest.name), ...entry.split('/').slice(1)].join('.'), types: join(path, types), path })),
)

/** The names in package.json `imports` of tensor are TensorFlow.js, which is not ours to report. */
const tfjs = ['core', 'layers', 'backend-wasm', 'backend-cpu'].map((name) => [`#tfjs/${name}`, [join(root, 'packages/tensor/node_modules/@tensorflow', `tfjs-${name}`)]])

const compilerOptions = {
  target: 'es2023', lib: ['es2023', 'esnext.disposable', 'dom'], module: 'esnext', moduleResolution: 'bundler', types: [], noEmit: true, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true,
  resolvePackageJsonImports: false, paths: Object.fromEntries(tfjs),
}

export async function api() {
  const stale = extract(false)
  if (stale.length > 0) throw new Unfit(`what these export has changed: ${stale.join(', ')}. Look at what "npm run api" changes, and commit it`)
  return `${entries.length} reports of the API are as committed`
}

/** @returns the names of the reports that differ from those committed; `write` puts them right. */
function extract(write) {
  const temporary = join(tmpdir(), `touchstone-api-${process.pid}`)
  mkdirSync(reports, { recursive: true })
  let state
  const stale = entries.filter(({ name, types, path }) => {
    const config = ExtractorConfig.prepare({
      configObject: {
        mainEntryPointFilePath: types,
        projectFolder: path,
        newlineKind: 'lf',
        compiler: { overrideTsconfig: { compilerOptions, files: entries.map((entry) => entry.types) } },
        apiReport: { enabled: true, reportFolder: reports, reportTempFolder: temporary, reportFileName: `${name}.api.md` },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: { extractorMessageReporting: { default: { logLevel: 'none' } }, tsdocMessageReporting: { default: { logLevel: 'none' } } },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(path, 'package.json'),
    })
    // One program for all of them, since reading the types takes longest.
    state ??= CompilerState.create(config, { additionalEntryPoints: entries.map((entry) => entry.types) })
    return Extractor.invoke(config, { compilerState: state, localBuild: write, messageCallback: (message) => (message.handled = message.logLevel !== 'error') }).apiReportChanged
  })
  const gone = readdirSync(reports).filter((file) => !entries.some(({ name }) => file === `${name}.api.md`))
  if (write) for (const file of gone) rmSync(join(reports, file))
  rmSync(temporary, { recursive: true, force: true })
  return [...stale.map(({ name }) => name), ...gone]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changed = extract(true)
  console.log(changed.length === 0 ? 'api: nothing changed' : `api: written anew: ${changed.join(', ')}`)
}
