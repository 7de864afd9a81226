/** What is wrong with SUMO or its scenario. The message is ready to print, and says what helps. */
export class SumoError extends Error {
  override readonly name = 'SumoError';
}
