export { checkName, createPlugin } from './create-plugin.js'
export { kindOf, kinds, type TemplateKind } from './kinds.js'
