export { ExitCode } from './exit-code.js'
