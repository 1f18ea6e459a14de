import type { Provider } from './providers.js';

/** A model that was called, as far as words about its failures go. */
export interface CalledModel extends Pick<Provider, 'title' | 'key' | 'movable'> {
  readonly modelName: string;
  readonly settings: SettingNames;
}

/** What the settings of a model are called where its user finds them. */
export interface SettingNames {
  readonly model: string;
  readonly baseUrl: string;
  /** All that a request is made by. */
  readonly all: string;
  /** Whole sentences: that what it was sent is too long for it, and what to set. */
  readonly tooLong: string;
}

/** Of an LLMProvider. */
export const LLM_SETTINGS: SettingNames = {
  model: "the model's name",
  baseUrl: 'the baseUrl',
  all: "the model's name and its apiConfig",
  tooLong: 'The prompt is too long for the model. Set contextWindow in its apiConfig to what it can take.',
};
