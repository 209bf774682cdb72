declare module 'virtual:digits' {
  /** The pixels of one digit of each class, 28 x 28 bytes in base64. */
  const digits: readonly string[]
  export default digits
}
