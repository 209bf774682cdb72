export { baselineCount, baselineOption, baselineValues, meanExamples, singleBaselineOption, singleBaselineValues, type Baseline, type SingleBaseline } from './baseline.js'
export { closest, suggestion } from './closest.js'
export type { Attributer, AttributerTraits, AttributionRequest, Attributions } from './contracts/attributer.js'
export type { Backend, BackendTraits, StartedBackend } from './contracts/backend.js'
export type { Chart, ChartDrawing, ChartTraits } from './contracts/chart.js'
export type { Command, CommandContext, CommandTraits, OpenedConfig } from './contracts/command.js'
export type { Dataset, DatasetTraits, Example } from './contracts/dataset.js'
export type { Executor, ExecutorTraits, Job, JobExample, JobFault, JobProgress, JobReport, JobSeconds, Work } from './contracts/executor.js'
export {
  resultOf,
  undefinedResult,
  type AttributionMap,
  type Comparison,
  type ComparisonTraits,
  type DefinedResult,
  type Direction,
  type Marks,
  type Metric,
  type Result,
  type ResultDetails,
  type Score,
  type ScoreContext,
  type ScoreTraits,
  type UndefinedResult,
} from './contracts/metric.js'
export type { MadeOfFiles } from './contracts/made-of-files.js'
export type { Capabilities, Model, ModelTraits } from './contracts/model.js'
export { defineReferenceFunction, defineReferenceMethod, type Answer, type ReferenceMethod, type ReferenceProblem } from './contracts/reference-method.js'
export {
  judgeNeighbours,
  l2Distance,
  relativeDistance,
  linfDistance,
  sameClass,
  type AcceptanceRule,
  type Neighbour,
  type Sampler,
  type SamplerContext,
  type SamplerTraits,
} from './contracts/sampler.js'
export type { Storage, StorageTraits, StoredItem } from './contracts/storage.js'
export type { FitsModels } from './contracts/fits.js'
export type { Trainer, TrainerTraits, TrainingContext, TrainingProgress } from './contracts/trainer.js'
export { ConfigError, formatPath, isUserError, messageOf, UserError, type Problem } from './errors.js'
export {
  defineComparison,
  defineExtension,
  definePreset,
  type Cost,
  type Extension,
  type Extensions,
  type ExtensionTraits,
  type Kind,
  type Preset,
  type Requirements,
  type ServicesOf,
  type ServiceTokens,
  type TraitsOf,
} from './extension.js'
export { featureCount, featureGroupsOption, groupFeatures, type FeatureChoice, type FeatureGroups } from './feature-groups.js'
export { canonicalJson, digest, digestHex, hash } from './hash.js'
export { Host, Scope, type Origin, type ServiceValue } from './host.js'
export { joinCalls } from './join-calls.js'
export { isLengths, lengthsPerAxis, type Lengths } from './lengths.js'
export { channelsOption, compareFeatures, featuresOf, type Channels } from './maps/channels.js'
export { compareMaps, faultOf, isConstant } from './maps/compare.js'
export { mapSizeOf, type MapSize } from './maps/size.js'
export { topCountOf, topCountOption } from './maps/top-count.js'
export { createMemo } from './memo.js'
export { flattenNested, isNested, nestedShape, placeRank, spreadNested, type Nested } from './nested.js'
export { isReference, option, ref, type CostOptionsOf, type Option, type OptionFields, type OptionsOf, type ReferenceInput, type ReferenceOption } from './options.js'
export { definePlugin, pluginApi, pluginFault, provide, type Plugin, type ServiceProvider } from './plugin.js'
export { createRandomness, type Randomness } from './random/randomness.js'
export { decodeNpy, encodeNpy, littleEndian, npyHeader, readNpy, type NpyArray } from './npy.js'
export { entryOfRow, ReferenceParams, rowsOf } from './reference/params.js'
export { Registry, type Registered } from './registry.js'
export { describe, isRecord, Resolver, type Labels, type ResolvedExtension } from './resolve.js'
export { argmax, eachRow, isFiniteArray, rowAt, sameShape, sizeOf, sliceRows, stackRows, type Rows } from './rows.js'
export { schemaOf } from './schema.js'
export { Base, Engine, Logger, Memory, Side, type BaseFolder, type EngineInfo, type EngineMemory, type FileReader, type Log, type SideTask, type SideThreads } from './services.js'
export * from './statistics/index.js'
export type { BackendChoice } from './start-backend.js'
export { createToken, optional, type Token } from './token.js'
export { treeIdentity } from './tree-identity.js'
export { breathe } from './breathe.js'
