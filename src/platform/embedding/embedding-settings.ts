import type { SettingNames } from '../llm/called-model.js';

/** Of the model that is configured. */
const CONFIGURED: SettingNames = {
  model: 'EMBEDDING_MODEL',
  baseUrl: 'EMBEDDING_BASE_URL',
  all: 'EMBEDDING_MODEL',
  tooLong: 'The text is too long for the model. Set EMBEDDING_MODEL to one that takes longer texts.',
};

/** Of one that projects still have, which no setting names any more. */
const STILL_SERVED = 'that it is still served, or use reembedProject to change to the configured model';
const EARLIER: SettingNames = {
  model: STILL_SERVED,
  baseUrl: STILL_SERVED,
  all: STILL_SERVED,
  tooLong: 'The text is too long for the model. Use reembedProject to change to the configured one.',
};

/** @param movable whether EMBEDDING_BASE_URL says where the provider is */
export function embeddingSettings(isConfigured: boolean, movable: boolean): SettingNames {
  if (!isConfigured) return EARLIER;
  return movable ? { ...CONFIGURED, all: `${CONFIGURED.model} and ${CONFIGURED.baseUrl}` } : CONFIGURED;
}
