#!/usr/bin/env node
import module from 'node:module'

// Node 22 keeps what it has compiled for the next time.
module.enableCompileCache?.()
await import('../dist/main.js')
