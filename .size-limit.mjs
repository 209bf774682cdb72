/** How many bytes a page loads at most: everything that a package exports with all it depends on, as one module. */
const limits = [
  ['core', 'packages/core/dist/index.js', '25 kB'],
  ['core + evaluation', 'scripts/release/core-and-evaluation.js', '60 kB'],
]

// Its exports stay, of which a script of no name would have none.
const modifyEsbuildConfig = (config) => ({ ...config, format: 'esm' })

export default limits.map(([name, path, limit]) => ({ name, path, limit, gzip: true, modifyEsbuildConfig }))
