import fc from 'fast-check'

// Property tests draw the same examples in every run.
fc.configureGlobal({ seed: 20240607 })
