export * from '@tensorflow/tfjs-backend-cpu'
