/*
 * Compiles the AssemblyScript kernels of this folder into src/simd/binary.ts, from where they travel as text, so that no bundler, browser or
 * package has to find a further file. Run it after every change here; a test compares.
 *
 * node packages/tensor/assembly/build.mjs
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const folder = fileURLToPath(new URL('.', import.meta.url))
const target = fileURLToPath(new URL('../src/simd/binary.ts', import.meta.url))

// No runtime and no data of its own: all memory is the backend's.
const options = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--initialMemory', '0']

/** What src/simd/binary.ts holds. */
export async function compile() {
  return binary(options)
}

async function binary(flags) {
  let output
  const { error, stderr } = await main(['index.ts', '--baseDir', folder, '--outFile', 'kernels.wasm', ...flags], {
    writeFile: (name, contents) => { if (name.endsWith('.wasm')) output = contents },
  })
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`)
  return Buffer.from(output).toString('base64')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const compiled = await compile()
  writeFileSync(target, [
    '// Made by assembly/build.mjs. Do not edit.',
    '',
    '/** The kernels of `assembly`. */',
    `export const binary = '${compiled}'`,
    '',
  ].join('\n'))
}
