import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { Url } from '../platform/graphql/scalars.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import { Project } from '../project/project.entity.js';
import { Chunk } from './chunk.entity.js';
import { Document } from './document.entity.js';
import { ChunkConnection, DocumentConnection, DocumentFilter } from './document.inputs.js';
import { listChunks, listDocuments, MAX_CONTENT_MB, readContent } from './document.loaders.js';
import { urlOf } from './document-url.js';

const FILTER = { nullable: true, description: 'Default: all.' } as const;

@Resolver(() => Project)
export class DocumentsOfProjectResolver {
  @FieldResolver(() => DocumentConnection, { description: 'Its documents by file path.' })
  documents(
    @Root() project: Row<Project>,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DocumentFilter, FILTER) filter: DocumentFilter | null,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listDocuments(ctx, { projectId: project.id }, page, filter, selected);
  }
}

@Resolver(() => ProjectDoc)
export class DocumentsOfProjectDocResolver {
  @FieldResolver(() => DocumentConnection, { description: 'Its documents by file path.' })
  documents(
    @Root() projectDoc: Row<ProjectDoc>,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DocumentFilter, FILTER) filter: DocumentFilter | null,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listDocuments(ctx, { projectDocId: projectDoc.id }, page, filter, selected);
  }
}

@Resolver(() => Document)
export class DocumentResolver {
  @Query(() => Document, { nullable: true, description: 'The document with this id; null when there is none.' })
  document(@Arg('id', () => ID, { description: 'Which document.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, Document, id);
  }

  @FieldResolver(() => ProjectDoc, { description: 'Where it comes from.' })
  projectDoc(@Root() document: Row<Document>, @Ctx() ctx: Context) {
    return getById(ctx, ProjectDoc, document.projectDocId);
  }

  @FieldResolver(() => String, {
    description:
      'The whole file, at most 1 MiB; read only when it is selected. ' +
      `Together at most ${MAX_CONTENT_MB} MB in one operation (QUERY_TOO_COMPLEX).`,
  })
  content(@Root() document: Row<Document>, @Ctx() ctx: Context) {
    return readContent(ctx, document.id);
  }

  @FieldResolver(() => Url, {
    nullable: true,
    description:
      'Opens this file at that commit; null where none is known: for files that are not in git, and after githubUrl changed until the next sync.',
  })
  url(@Root() document: Row<Document>, @Ctx() ctx: Context) {
    return urlOf(ctx, document);
  }

  @FieldResolver(() => ChunkConnection, { description: 'Its passages by chunkIndex.' })
  chunks(
    @Root() document: Row<Document>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listChunks(ctx, document.id, page, selected);
  }
}

@Resolver(() => Chunk)
export class ChunkResolver {
  @FieldResolver(() => Document, { description: 'The document that it is part of.' })
  document(@Root() chunk: Row<Chunk>, @Ctx() ctx: Context) {
    return getById(ctx, Document, chunk.documentId);
  }

  @FieldResolver(() => Url, {
    nullable: true,
    description:
      'Opens its lines at the commit of its document, in the form of its host: …#L<start>-L<end> on GitHub; null where none is known.',
  })
  async url(@Root() chunk: Row<Chunk>, @Ctx() ctx: Context) {
    return urlOf(ctx, await getById(ctx, Document, chunk.documentId), chunk);
  }
}
