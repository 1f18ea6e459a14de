import { DriverException, ForeignKeyConstraintViolationException, LockMode } from '@mikro-orm/core';
import type { Context } from '../context.js';
import { byId, key, type List, listPage } from '../platform/graphql/connection.js';
import { newId } from '../platform/database/columns.js';
import { type Em, execute, query } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { InputRules, requireId } from '../platform/graphql/input-rules.js';
import { toStoredApiConfig, validateApiConfig, whyTooManyTokens } from '../platform/llm/api-config.js';
import { BUILTIN_MODEL_NAME } from '../platform/llm/builtin/builtin-model.js';
import { isProviderName, PROVIDER_NAMES } from '../platform/llm/providers.js';
import { getById } from '../platform/graphql/load-by-id.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { refuse, refuseUnknown, unlessTaken, userError } from '../platform/graphql/user-errors.js';
import { LLMProvider } from './llm-provider.entity.js';
import type {
  CreateLLMProviderInput,
  DeleteLLMProviderInput,
  SetDefaultLLMProviderInput,
  UpdateLLMProviderInput,
} from './llm-provider.inputs.js';
import { whyNotAsked } from './why-not-asked.js';

const MAX_MODEL_NAME = 100;
const TAKEN = 'This provider has a model of this name already. Change that one with updateLLMProvider.';

const LLM_PROVIDERS: List<LLMProvider> = {
  name: 'llm providers',
  entity: LLMProvider,
  parent: null,
  descending: true,
  order: [key('isDefault', 'boolean'), key('createdAt', 'timestamptz'), byId],
};

export interface Changed {
  llmProvider: Row<LLMProvider>;
  previousDefault: Row<LLMProvider> | null;
}

export const listLLMProviders = (ctx: Context, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, LLM_PROVIDERS, null, page, { selected });

export async function createLLMProvider(ctx: Context, input: CreateLLMProviderInput): Promise<Changed> {
  const rules = new InputRules();
  const providerName = rules.requiredText('providerName', input.providerName, 50);
  if (providerName !== undefined && !isProviderName(providerName))
    rules.invalid('providerName', `providerName must be one of ${PROVIDER_NAMES.join(', ')}.`);
  const modelName = modelNameOf(rules, providerName, input.modelName);
  const apiConfig = apiConfigOf(
    ctx,
    rules,
    { providerName: providerName ?? '', modelName: modelName ?? '' },
    input.apiConfig ?? {},
  );
  if (input.isDefault && providerName !== undefined) checkDefault(ctx, rules, { providerName }, 'isDefault');
  rules.check();
  const id = newId();
  const previousId = await unlessTaken(
    () =>
      ctx.em.transactional(async (em) => {
        const previous = input.isDefault ? await clearDefault(em) : null;
        await em.insert(LLMProvider, {
          id,
          providerName: providerName!,
          modelName: modelName!,
          apiConfig,
          isDefault: input.isDefault ?? false,
          createdAt: new Date(),
        });
        return previous;
      }),
    'modelName',
    TAKEN,
  );
  return changed(ctx, id, previousId);
}

/** @param defaultPath the argument that makes it the default */
export async function updateLLMProvider(
  ctx: Context,
  input: UpdateLLMProviderInput,
  defaultPath = 'isDefault',
): Promise<Changed> {
  const id = requireId('id', input.id, 'LLMProvider');
  const write = (): Promise<string | null> =>
    ctx.em.transactional(async (em) => {
      const provider = await em.findOne(LLMProvider, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!provider) refuseUnknown('id', 'LLMProvider');
      const rules = new InputRules();
      const modelName = rules.notNull('modelName', input.modelName)
        ? modelNameOf(rules, provider.providerName, input.modelName)
        : undefined;
      const apiConfig =
        input.apiConfig === undefined
          ? undefined
          : apiConfigOf(ctx, rules, { ...provider, ...(modelName && { modelName }) }, input.apiConfig ?? {});
      const tooMany = modelName && !apiConfig && whyTooManyTokens({ ...provider, modelName });
      if (tooMany) rules.invalid('modelName', `${modelName} cannot have this apiConfig: ${tooMany}`);
      rules.notNull('isDefault', input.isDefault);
      const becomesDefault = input.isDefault === true && !provider.isDefault;
      if (becomesDefault) checkDefault(ctx, rules, provider, defaultPath);
      rules.check();
      if (input.isDefault === false && provider.isDefault)
        refuse('CONFLICT', 'isDefault', 'There must be a default. Make another one the default instead.');
      const previous = becomesDefault ? await clearDefault(em) : null;
      if (modelName !== undefined) provider.modelName = modelName;
      if (apiConfig !== undefined) provider.apiConfig = apiConfig;
      if (becomesDefault) provider.isDefault = true;
      await em.flush();
      return previous;
    });
  return changed(ctx, id, await unlessTaken(write, 'modelName', TAKEN));
}

export function setDefaultLLMProvider(ctx: Context, input: SetDefaultLLMProviderInput): Promise<Changed> {
  return updateLLMProvider(ctx, { id: input.id, isDefault: true }, 'id');
}

export async function deleteLLMProvider(ctx: Context, input: DeleteLLMProviderInput): Promise<{ deletedId: string }> {
  const id = requireId('id', input.id, 'LLMProvider');
  try {
    await ctx.em.transactional(async (em) => {
      const provider = await em.findOne(LLMProvider, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!provider) refuseUnknown('id', 'LLMProvider');
      if (provider.isDefault)
        refuse('CONFLICT', 'id', 'The default cannot be deleted. Make another one the default first.');
      await em.nativeDelete(LLMProvider, id);
    });
  } catch (error) {
    if (isReferredTo(error))
      refuse(
        'IN_USE',
        'id',
        'Conversations use it. Give them another one with updateConversation, or delete them, first.',
      );
    throw error;
  }
  return { deletedId: id };
}

/** PostgreSQL 18 has a code of its own for what `on delete restrict` forbids, which the ORM does not know yet. */
function isReferredTo(error: unknown): boolean {
  return (
    error instanceof ForeignKeyConstraintViolationException ||
    (error instanceof DriverException && error.code === '23001')
  );
}

/** Gives a first start something to answer with; false where there is something. Of two processes one does it. */
export async function createFirstProvider(em: Em): Promise<boolean> {
  const created = await execute(em)`
    insert into llm_provider (id, provider_name, model_name, is_default, api_config, created_at)
    select ${newId()}, 'builtin', ${BUILTIN_MODEL_NAME}, true, '{}'::jsonb, ${new Date()}::timestamptz
    where not exists (select from llm_provider) on conflict do nothing`;
  return created === 1;
}

/** Any number will do, as long as nothing else locks it. */
const DEFAULT_LOCK = 4_114_002;

/** Two become the default one after the other; with a lock of the row alone the second would miss the first. */
async function clearDefault(em: Em): Promise<string | null> {
  await query(em)`select pg_advisory_xact_lock(${DEFAULT_LOCK})`;
  const previous = await em.findOne(LLMProvider, { isDefault: true });
  if (!previous) return null;
  previous.isDefault = false;
  await em.flush();
  return previous.id;
}

async function changed(ctx: Context, id: string, previousId: string | null): Promise<Changed> {
  return {
    llmProvider: await getById(ctx, LLMProvider, id),
    previousDefault: (previousId && (await getById(ctx, LLMProvider, previousId))) || null,
  };
}

function modelNameOf(rules: InputRules, providerName: string | undefined, value: string | null | undefined) {
  const name = rules.requiredText('modelName', value, MAX_MODEL_NAME);
  if (name === undefined || providerName !== 'builtin' || name === BUILTIN_MODEL_NAME) return name;
  return rules.invalid('modelName', `The builtin provider has one model, ${BUILTIN_MODEL_NAME}.`);
}

/** Every conversation that names nobody would fail. */
function checkDefault(
  ctx: Context,
  rules: InputRules,
  provider: Pick<LLMProvider, 'providerName'>,
  path: string,
): void {
  const fault = whyNotAsked(ctx, provider);
  if (fault) rules.faults.push(userError('CONFLICT', path, fault));
}

function apiConfigOf(
  ctx: Context,
  rules: InputRules,
  { providerName, modelName }: Pick<LLMProvider, 'providerName' | 'modelName'>,
  value: unknown,
): Record<string, unknown> {
  const config = value as Record<string, unknown>;
  if (!isProviderName(providerName)) return config;
  const faults = validateApiConfig(providerName, modelName, value, ctx.config.llmHosts);
  for (const { path, message } of faults) rules.invalid(['apiConfig', ...path], message);
  return faults.length === 0 ? toStoredApiConfig(config) : config;
}
