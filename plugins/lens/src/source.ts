/** Where all of LENS comes from. */
export const source = '"Rethinking Robustness of Model Attributions", AAAI 2024'
