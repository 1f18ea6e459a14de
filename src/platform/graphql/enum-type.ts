import { registerEnumType } from 'type-graphql';

/** A GraphQL enum whose values are stored under their own names, with what each of them means. */
export function enumType<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): { readonly [Name in Value]: Name } {
  const described = Object.entries<string>(values).map(([value, text]) => [value, { description: text }]);
  const type = Object.fromEntries(Object.keys(values).map((value) => [value, value]));
  registerEnumType(type, { name, description, valuesConfig: Object.fromEntries(described) });
  return type as { readonly [Name in Value]: Name };
}
