/** What the addon says of itself once it is built. */
export interface Trial {
  readonly tensorflow: string
  /** Whether it computes on a graphics card. */
  readonly card: boolean
}

/** What can be done with an addon that was built for a card, or not, and tried on this machine. */
export function verdict(packageName: string, gpu: boolean, { tensorflow, card }: Trial): string {
  const computes = `TensorFlow ${tensorflow} computes on ${card ? 'a graphics card' : 'the processor'}`
  if (gpu && !card) return `${computes}: ${packageName} is built, but finds no NVIDIA card here that it can use, and --backend tfjs-node-gpu is refused until it does. It needs a card, its driver, and CUDA and cuDNN as TensorFlow ${tensorflow} wants them (native install --gpu --with-cuda brings these two); for the processor take native install without --gpu`
  return `${computes}: ${packageName} is ready. Name @touchstone/tfjs-node among the plugins of a config, or say --backend ${gpu ? 'tfjs-node-gpu' : 'tfjs-node'}`
}
