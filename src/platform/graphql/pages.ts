import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';

import { ApiError } from '../errors.js';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../limits.js';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the start: 1 to 100, default 20. Not together with last.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many from the end: 1 to 100. Not together with first.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

@ObjectType({ description: 'Whether there is more, and where this page begins and ends.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge; null on an empty page.' })
  endCursor!: string | null;
}

/** What a list answers. */
export interface Connection<Node> {
  readonly edges: { cursor: string; node: Node }[];
  readonly nodes: Node[];
  readonly pageInfo: PageInfo;
  /** Told where it is selected. */
  readonly totalCount: number | undefined;
}

/** The GraphQL types of a list of `node`: `<Name>Connection` and `<Name>Edge`. */
export function connectionType<Node extends object>(
  name: string,
  node: () => ClassType<Node>,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} and its place in a list.` })
  class Edge {
    @Field(() => String, {
      description:
        'Its place in the list, for after and before. Opaque, and only good for the same list, of the same parent, in the same order.',
    })
    cursor!: string;

    @Field(node, { description: 'What is at this place.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Page {
    @Field(() => [Edge], { description: 'The page with a cursor for each.' })
    edges!: Edge[];

    @Field(() => [node()], { description: 'The page without cursors.' })
    nodes!: Node[];

    @Field(() => PageInfo, { description: 'Whether there is more.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many there are on all pages; counted only when it is selected.' })
    totalCount!: number;
  }
  return Page as unknown as ClassType<Connection<Node>>;
}

/** A page as it is asked for, checked. */
export interface PageRequest {
  readonly size: number;
  readonly backward: boolean;
  readonly after: readonly string[] | null;
  readonly before: readonly string[] | null;
}

/**
 * @param list the name of the list, which its cursors carry: one of another list or order would give a page that makes
 * no sense
 * @param keys how many keys the list is ordered by
 * @throws ApiError BAD_USER_INPUT for sizes outside 1..100, first with last, and cursors that are not of this list.
 */
export function parsePage(args: PageArgs, list: string, keys: number): PageRequest {
  if (args.first != null && args.last != null) throw new ApiError('BAD_USER_INPUT', 'Use first or last, not both.');
  const size = args.first ?? args.last ?? DEFAULT_PAGE_SIZE;
  const name = args.last != null ? 'last' : 'first';
  if (size < 1 || size > MAX_PAGE_SIZE)
    throw new ApiError('BAD_USER_INPUT', `${name} must be between 1 and ${MAX_PAGE_SIZE}.`);
  return {
    size,
    backward: args.last != null,
    after: parseCursor('after', args.after, list, keys),
    before: parseCursor('before', args.before, list, keys),
  };
}

export function toCursor(list: string, keys: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...keys])).toString('base64url');
}

function parseCursor(name: string, cursor: string | null | undefined, list: string, keys: number): string[] | null {
  if (cursor == null) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(parsed) &&
      parsed.length === keys + 1 &&
      parsed[0] === list &&
      parsed.every((key) => typeof key === 'string' && !key.includes('\0'))
    )
      return parsed.slice(1);
  } catch {
    // Not JSON: the same as any other cursor that we did not make.
  }
  throw new ApiError('BAD_USER_INPUT', `${name} is not a cursor of this list. Take one from its edges or pageInfo.`);
}

/**
 * A page of a list that is in memory: of those that `wanted` takes.
 * @param list the name that its cursors carry
 * @throws ApiError BAD_USER_INPUT for page arguments that make no sense.
 */
export function pageOfArray<Node>(
  list: string,
  all: readonly Node[],
  args: PageArgs,
  wanted: (node: Node) => boolean = () => true,
): Connection<Node> {
  const page = parsePage(args, list, 1);
  const matching = all.map((node, place) => ({ place, node })).filter(({ node }) => wanted(node));
  const [after, before] = [Number(page.after?.[0] ?? -1), Number(page.before?.[0] ?? all.length)];
  const left = matching.filter(({ place }) => place > after && place < before);
  const shown = page.backward ? left.slice(-page.size) : left.slice(0, page.size);
  const places = new Map(shown.map(({ place, node }) => [node, place]));
  return new LazyPage(
    shown.map(({ node }) => node),
    page,
    {
      more: left.length > page.size,
      cursorOf: (node) => toCursor(list, [String(places.get(node))]),
      totalCount: matching.length,
    },
  );
}

interface AboutPage<Node> {
  /** Whether there is more in the direction of the page. */
  readonly more: boolean;
  readonly cursorOf: (node: Node) => string;
  readonly totalCount: number | undefined;
}

/** Cursors are made when somebody asks for them. */
export class LazyPage<Node> implements Connection<Node> {
  readonly totalCount: number | undefined;

  constructor(
    readonly nodes: Node[],
    private readonly page: PageRequest,
    private readonly about: AboutPage<Node>,
  ) {
    this.totalCount = about.totalCount;
  }

  get edges(): Connection<Node>['edges'] {
    return this.nodes.map((node) => ({ node, cursor: this.about.cursorOf(node) }));
  }

  get pageInfo(): PageInfo {
    const { page, about } = this;
    return {
      // Whoever has a cursor has seen what it belongs to.
      hasNextPage: page.before !== null || (!page.backward && about.more),
      hasPreviousPage: page.after !== null || (page.backward && about.more),
      startCursor: this.cursorAt(0),
      endCursor: this.cursorAt(-1),
    };
  }

  private cursorAt(place: number): string | null {
    return this.nodes.length > 0 ? this.about.cursorOf(this.nodes.at(place)!) : null;
  }
}
