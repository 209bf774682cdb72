import type { Neighbour, Result } from '@touchstone/core'
import type { Answer, Finding } from './messages.js'

/** What is known of one input so far. */
export interface Findings {
  prediction?: { readonly outputs: Float32Array; readonly target: number }
  /** Neighbours of all methods. */
  neighbours?: readonly Neighbour[]
  readonly methods: Map<string, MethodFindings>
  readonly problems: string[]
  done?: { readonly seconds: number; readonly rows: number }
}

interface MethodFindings {
  map?: Float32Array
  /** Its own neighbours, where they attack it. */
  neighbours?: readonly Neighbour[]
  /** Maps of the accepted neighbours. */
  maps?: readonly Float32Array[]
  readonly scores: Map<string, Result>
}

export const nothing = (): Findings => ({ methods: new Map(), problems: [] })

/** Adds what the worker told. */
export function add(findings: Findings, found: Finding): void {
  const of = (method: string): MethodFindings => {
    const known = findings.methods.get(method) ?? { scores: new Map<string, Result>() }
    findings.methods.set(method, known)
    return known
  }
  switch (found.told) {
    case 'prediction': findings.prediction = found; break
    case 'map': of(found.method).map = found.map; break
    case 'neighbours': (found.method === undefined ? findings : of(found.method)).neighbours = found.neighbours; break
    case 'maps': of(found.method).maps = found.maps; break
    case 'score': of(found.method).scores.set(found.score, found.result); break
    case 'failed': if (!findings.problems.includes(`${found.what}: ${found.message}`)) findings.problems.push(`${found.what}: ${found.message}`); break
    case 'done': findings.done = found
  }
}

export const isFinding = (answer: Answer): answer is Finding & { readonly run: number } => 'run' in answer

/** Those that count. */
export const accepted = (neighbours: readonly Neighbour[] = []): readonly Neighbour[] => neighbours.filter(({ rejected }) => rejected === undefined)
