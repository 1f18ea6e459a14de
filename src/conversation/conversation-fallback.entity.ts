import { Entity, Index, ManyToOne, PrimaryKey, Unique } from '@mikro-orm/decorators/legacy';

import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { Conversation } from './conversation.entity.js';

/** A language model that answers in a conversation where those before it fail. */
@Entity({ tableName: 'conversation_fallback' })
@Unique({ name: 'conversation_fallback_unique', properties: ['conversationId', 'llmProviderId'] })
@Index({ name: 'conversation_fallback_llm_provider_id_index', properties: ['llmProviderId'] })
export class ConversationFallback {
  @ManyToOne(() => Conversation, {
    mapToPk: true,
    fieldName: 'conversation_id',
    deleteRule: 'cascade',
    primary: true,
    index: false,
  })
  conversationId!: string;

  /** Their order; the numbers of those that were deleted are missing. */
  @PrimaryKey({ type: 'integer' })
  position!: number;

  @ManyToOne(() => LLMProvider, { mapToPk: true, fieldName: 'llm_provider_id', deleteRule: 'cascade', index: false })
  llmProviderId!: string;
}
