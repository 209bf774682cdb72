import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError, type Log } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { run } from './tools.js'

/** Where the package of TensorFlow.js lies: as this plugin sees it, or as the current folder does. @throws UserError where it is not installed, or of another version. */
export async function findPackage(name: string, current: string): Promise<string> {
  for (const from of [import.meta.url, pathToFileURL(join(current, 'package.json')).href]) {
    let manifest: string
    try {
      manifest = createRequire(from).resolve(`${name}/package.json`)
    } catch {
      continue
    }
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string }
    if (version !== tf.version_core) throw new UserError(`native install: ${name} is of version ${version}; expected ${tf.version_core}, that of @tensorflow/tfjs-core: npm install --ignore-scripts ${name}@${tf.version_core}`)
    return dirname(manifest)
  }
  throw new UserError(`native install: ${name} is not installed: npm install --ignore-scripts ${name}@${tf.version_core}`)
}

/**
 * Compiles TensorFlow.js's addon from the sources in its package and links it with TensorFlow's libraries where they lie.
 * @param packageFolder of @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu.
 * @param tensorflow holds the libraries and include/.
 */
export async function buildAddon(packageFolder: string, tensorflow: string, log: Log, signal: AbortSignal): Promise<void> {
  log.info('compiling the addon')
  const { include_dir: nodeApi } = createRequire(import.meta.url)('node-api-headers') as { readonly include_dir: string }
  const include = join(tensorflow, 'include')
  const sources = join(packageFolder, 'binding')
  const work = await mkdtemp(join(tmpdir(), 'touchstone-addon-'))
  try {
    const objects = await Promise.all(['tfjs_backend', 'tfjs_binding'].map(async (name) => {
      const object = join(work, `${name}.o`)
      await run('g++', ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', `-I${include}`, `-I${nodeApi}`, `-I${sources}`, '-c', join(sources, `${name}.cc`), '-o', object], { signal })
      return object
    }))
    const built = join(work, 'tfjs_binding.node')
    // Bound at once, so that a function that TensorFlow no longer has is told when the addon is loaded.
    await run('g++', ['-shared', '-o', built, ...objects, `-Wl,-rpath,${tensorflow}`, '-Wl,-z,now', `-L${tensorflow}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'], { signal })
    const folder = join(packageFolder, 'lib', 'napi-v8')
    await mkdir(folder, { recursive: true })
    const beside = join(folder, `tfjs_binding.${process.pid}.node`)
    await run('cp', [built, beside], { signal })
    await rename(beside, join(folder, 'tfjs_binding.node'))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
