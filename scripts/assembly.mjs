/*
 * Compiles a package's AssemblyScript, folder `assembly`, into a file of its sources, from where it travels as text, so that no bundler, browser or
 * package has to find a further file. Run it after every change there; tests compare.
 *
 * node scripts/assembly.mjs
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

// No runtime and no data of its own.
const options = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub']

const modules = {
  // 64 KiB of its own.
  core: { target: 'src/random/binary.ts', flags: ['--initialMemory', '1'] },
  // All memory is the backend's.
  tensor: { target: 'src/simd/binary.ts', flags: ['--importMemory', '--initialMemory', '0'] },
}

/** What the target of a package holds: `core` or `tensor`. */
export async function compile(name) {
  let output
  const { error, stderr } = await main(['index.ts', '--baseDir', at(name, 'assembly'), '--outFile', 'kernels.wasm', ...options, ...modules[name].flags], {
    writeFile: (file, contents) => { if (file.endsWith('.wasm')) output = contents },
  })
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`)
  return Buffer.from(output).toString('base64')
}

function at(name, path) {
  return fileURLToPath(new URL(`../packages/${name}/${path}`, import.meta.url))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { target }] of Object.entries(modules)) {
    writeFileSync(at(name, target), `// Made by scripts/assembly.mjs. Do not edit.\n\n/** The kernels of \`assembly\`. */\nexport const binary = '${await compile(name)}'\n`)
  }
}
