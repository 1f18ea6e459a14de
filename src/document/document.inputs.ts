import { Field, ID, InputType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { Chunk } from './chunk.entity.js';
import { Document } from './document.entity.js';

@InputType({ description: 'Which documents; all conditions must hold.' })
export class DocumentFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Only files whose full path begins with this text; end a folder with a slash, for "docs" is the beginning of "docs-old/a.md" too. At most 1,024 characters.',
  })
  pathPrefix?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Only files of these types, such as ["md", "txt"]; with or without a dot, in any case. None: no file. At most 50.',
  })
  fileTypes?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Only files of this ProjectDoc; one that is unknown has none.' })
  projectDocId?: string | null;
}

export const DocumentConnection = connectionType('Document', () => Document);
export const ChunkConnection = connectionType('Chunk', () => Chunk);
