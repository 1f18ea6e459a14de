import { Field, ID, InterfaceType } from 'type-graphql';

/** Everything that has an id of its own: `node(id)` finds it whatever its type. */
@InterfaceType({
  description: 'Anything with an id of its own. `node(id)` and `nodes(ids)` find it whatever its type.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'A UUIDv7: unique over all types, and ordered by the time of creation.' })
  id!: string;
}
