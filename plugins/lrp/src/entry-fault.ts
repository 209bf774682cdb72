import { isRecord, suggestion } from '@touchstone/core'
import { rules } from './rules/index.js'
import { ruleDefaults } from './rules/options.js'

/** What is wrong with a composite that a user wrote; nothing where it is in order. */
export function entryFault(table: readonly unknown[]): string | undefined {
  for (const [index, entry] of table.entries()) {
    const fault = faultOf(entry)
    if (fault !== undefined) return `entry ${index}: ${fault}`
  }
  return undefined
}

function faultOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return "expected { for, rule, options }, as in { for: 'dense', rule: 'epsilon' }"
  const { for: choice, rule, options = {}, ...others } = entry
  const [other] = Object.keys(others)
  if (other !== undefined) return `"${other}" is not known: expected for, rule, options`
  if (typeof choice !== 'string' && !(isRecord(choice) && typeof choice.layer === 'string')) return "for: expected a kind of layer, the name of a layer, or 'first'"
  if (typeof rule !== 'string' || !Object.hasOwn(rules, rule)) return `rule: expected the name of a rule${typeof rule === 'string' ? suggestion(rule, Object.keys(rules)) : `: ${Object.keys(rules).join(', ')}`}`
  if (!isRecord(options)) return 'options: expected an object, as in { epsilon: 1e-6 }'
  for (const [name, value] of Object.entries(options)) {
    const fault = optionFault(name, value)
    if (fault !== undefined) return fault
  }
  const { alpha, beta } = { ...ruleDefaults, ...options }
  return rule === 'alpha-beta' && Math.abs(alpha - beta - 1) > 1e-9 ? `options: expected alpha - beta = 1, so that relevance is conserved, found ${alpha} - ${beta}` : undefined
}

function optionFault(name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(ruleDefaults, name)) return `options: "${name}" is not known: expected ${Object.keys(ruleDefaults).join(', ')}`
  if (name === 'bias') return ['kept', 'excluded', 'redistributed'].includes(value as string) ? undefined : 'options.bias: expected kept, excluded or redistributed'
  const numbers: unknown[] = name === 'low' || name === 'high' ? [value].flat() : [value]
  if (numbers.length === 0 || !numbers.every((item) => typeof item === 'number' && Number.isFinite(item))) return `options.${name}: expected a number`
  if (name === 'epsilon' && !((value as number) > 0)) return 'options.epsilon: expected a number above 0'
  if (['gamma', 'alpha', 'beta'].includes(name) && (value as number) < 0) return `options.${name}: expected at least 0`
  return undefined
}
