/** A build of TensorFlow on PyPI whose libraries the addon is built against. The wheel's Python tag does not matter: nothing of Python is used. */
export interface Wheel {
  /** The package on PyPI. */
  readonly name: string
  readonly version: string
  readonly file: string
  readonly sha256: string
  /** About how much there is to download, in bytes. */
  readonly download: number
}

/** TensorFlow 2.18 was the one tried: the newest whose CUDA side is that of CUDA 12 and cuDNN 9. */
export const wheels = {
  cpu: {
    name: 'tensorflow-cpu',
    version: '2.18.1',
    file: 'tensorflow_cpu-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
    download: 230e6,
  },
  gpu: {
    name: 'tensorflow',
    version: '2.18.1',
    file: 'tensorflow-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828',
    download: 616e6,
  },
} as const satisfies Record<string, Wheel>

/** What TensorFlow 2.18 asks of CUDA 12.5 and cuDNN 9.3, as its own list `tensorflow[and-cuda]` names it: about 2.6 GB to download. */
export const cudaPackages = [
  'nvidia-cublas-cu12==12.5.3.2',
  'nvidia-cuda-cupti-cu12==12.5.82',
  'nvidia-cuda-nvcc-cu12==12.5.82',
  'nvidia-cuda-nvrtc-cu12==12.5.82',
  'nvidia-cuda-runtime-cu12==12.5.82',
  'nvidia-cudnn-cu12==9.3.0.75',
  'nvidia-cufft-cu12==11.2.3.61',
  'nvidia-curand-cu12==10.3.6.82',
  'nvidia-cusolver-cu12==11.6.3.83',
  'nvidia-cusparse-cu12==12.5.1.3',
  'nvidia-nccl-cu12==2.21.5',
  'nvidia-nvjitlink-cu12==12.5.82',
] as const
