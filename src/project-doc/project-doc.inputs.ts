import { enumType } from '../platform/graphql/enum-type.js';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { DeletedFromProjectPayload } from '../project/deleted-from-project.js';
import { ProjectDoc } from './project-doc.entity.js';

const URL_FORMS =
  'The repository as people paste it: https://github.com/o/r, github.com/o/r.git, git@github.com:o/r.git, or https://github.com/o/r/tree/<branch>/<folder> (on other hosts in the form of what serves them), which fills branch and folder where they are left out; where the name of a branch has a slash, the first sync finds where it ends. The page of a tag or a commit looks the same, but only branches are followed: the sync finds no branch of that name. At most 2,048 characters, and 512 of the repository alone; its host must be one that the operator allows; credentials in it are INVALID.';

const LANGUAGE =
  'The language of documents that do not say theirs by lang in their front matter: a code such as en, de or pt-BR, of which the first part counts. Words of languages that PostgreSQL cannot stem stay as they are; null: en.';

@InputType({ description: 'A folder of a repository for a project.' })
export class CreateProjectDocInput {
  @Field(() => ID, { description: 'The project that it belongs to.' })
  projectId!: string;

  @Field(() => String, { description: '1 to 255 characters after trimming.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; blank: none.' })
  description?: string | null;

  @Field(() => String, { description: URL_FORMS })
  githubUrl!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Default: the whole repository. At most 512 characters; slashes at the ends are trimmed; no "..".',
  })
  githubFolderPath?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Default: the remote's default branch. A name that git allows, at most 255 bytes; not a tag or a commit.",
  })
  branch?: string | null;

  @Field(() => String, { nullable: true, description: `${LANGUAGE} Default: null.` })
  language?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({
  description:
    'What to change of a ProjectDoc; what is left out stays. A new URL, branch or folder makes it NOT_SYNCED.',
})
export class UpdateProjectDocInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;

  @Field(() => String, { nullable: true, description: '1 to 255 characters after trimming; null is INVALID.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; null or blank clears it.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: `${URL_FORMS} null is INVALID.` })
  githubUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 512 characters; null: the whole repository.' })
  githubFolderPath?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "null: the remote's default branch. A name that git allows, at most 255 bytes.",
  })
  branch?: string | null;

  @Field(() => String, { nullable: true, description: `${LANGUAGE} Takes effect at the next sync.` })
  language?: string | null;
}

@InputType({ description: 'Which ProjectDoc to delete.' })
export class DeleteProjectDocInput {
  @Field(() => ID, { description: 'Its documents and runs go with it; a run that is going is cancelled.' })
  id!: string;
}

@ObjectType({ description: 'The new ProjectDoc.' })
export class CreateProjectDocPayload extends PayloadType {
  @Field(() => ProjectDoc, RESULT)
  projectDoc?: ProjectDoc | null;
}

@ObjectType({ description: 'The changed ProjectDoc.' })
export class UpdateProjectDocPayload extends PayloadType {
  @Field(() => ProjectDoc, RESULT)
  projectDoc?: ProjectDoc | null;
}

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteProjectDocPayload extends DeletedFromProjectPayload {}

export const SourceFreshness = enumType(
  'SourceFreshness',
  "How what is stored compares with the head of the repository's branch.",
  {
    UP_TO_DATE: 'What is stored is the head.',
    NEEDS_UPDATE: 'The head is not wholly stored: it moved on, a sync did not finish, or some files failed.',
    NOT_SYNCED: 'Never synced with these settings.',
    SOURCE_UNAVAILABLE:
      'There is no such repository, branch or folder, or access is refused; or the last sync could not reach it and it still cannot be reached.',
  },
);
export type SourceFreshness = keyof typeof SourceFreshness;

export const FileTreeEntryKind = enumType('FileTreeEntryKind', 'What an entry of a file tree is.', {
  FOLDER: 'Holds other entries.',
  FILE: 'Has a document.',
});
export type FileTreeEntryKind = keyof typeof FileTreeEntryKind;

@ObjectType({ description: 'A folder or file of the documents of a ProjectDoc.' })
export class FileTreeEntry {
  @Field(() => String, { description: 'Full path inside the repository.' })
  path!: string;

  @Field(() => String, { description: 'The last part of path.' })
  name!: string;

  @Field(() => FileTreeEntryKind, { description: 'Folder or file.' })
  kind!: FileTreeEntryKind;

  @Field(() => Int, { description: 'Files below a folder, at any depth; 1 for a file.' })
  fileCount!: number;

  documentId!: string | null;
}

export const ProjectDocConnection = connectionType('ProjectDoc', () => ProjectDoc);
