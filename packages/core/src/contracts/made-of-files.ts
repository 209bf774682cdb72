/** What is made by its options and code from files alone, if from any at all. */
export interface MadeOfFiles {
  /**
   * The paths of these files, as they were given to the `files` of {@link BaseFolder}, which read them; of what needs none an empty list. A run whose models and data all say so is known to be
   * finished, and its results to be current, without being opened. What reads anything else, such as the web or a folder's listing, leaves this out.
   */
  readonly files?: readonly string[]
}
