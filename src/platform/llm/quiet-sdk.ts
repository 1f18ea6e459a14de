/** The AI SDK prints its warnings, such as a setting that a model does not know, to the console unless it is told not to. */
export function quietSdk(): void {
  globalThis.AI_SDK_LOG_WARNINGS = false;
}
