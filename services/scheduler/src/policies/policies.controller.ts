import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { describeOperations, parseInput, parseJsonBody, Tenant, type Operation } from '@orrery/http';
import { z } from 'zod';
import { PolicyRegistry } from './policy-registry.js';
import { PolicyShelf } from './policy-shelf.js';
import { policiesSchema, policyCards, policyCardSchema, policyRollbackSchema, policyViewOf, type PoliciesView, type PolicyCardView, type PolicyRollbackView } from './policy-views.js';

const nameParameters = z.strictObject({ name: z.string().min(1).max(200) });
const choiceBody = z.strictObject({ by: z.string().min(1).max(200).optional().describe('Who did it; the tenant when absent'), note: z.string().max(2000).optional() });

const policyOperations: readonly Operation[] = [
  { path: '/api/v1/schedule/policies', method: 'get', id: 'listSchedulePolicies', summary: 'Heuristics, what comes with the product and what was learned, and which of them serves', response: policiesSchema },
  { path: '/api/v1/schedule/policies/{name}', method: 'get', id: 'getSchedulePolicy', summary: 'A policy with its model card; learned is the one that serves', response: policyCardSchema },
  { path: '/api/v1/schedule/policies/{name}/promote', method: 'post', id: 'promoteSchedulePolicy', summary: 'Puts a policy into service by hand', body: choiceBody, response: policyCardSchema },
  { path: '/api/v1/schedule/policies/{name}/rollback', method: 'post', id: 'rollbackSchedulePolicy', summary: 'Takes the policy that serves out of service: what served before does again', body: choiceBody, response: policyRollbackSchema },
];

export const policyOpenApi = describeOperations(policyOperations, { tag: 'schedule', pathParameters: nameParameters });

@Controller('api/v1/schedule/policies')
export class PoliciesController {
  constructor(
    @Inject(PolicyRegistry) private readonly registry: PolicyRegistry,
    @Inject(PolicyShelf) private readonly shelf: PolicyShelf,
  ) {}

  @Get()
  async list(@Tenant() tenantId: string): Promise<PoliciesView> {
    return { policies: (await this.cards(tenantId)).map(policyViewOf) };
  }

  @Get(':name')
  async get(@Tenant() tenantId: string, @Param() given: unknown): Promise<PolicyCardView> {
    const { name } = parseInput(nameParameters, given, 'path');
    return await this.card(tenantId, name);
  }

  @Post(':name/promote')
  @HttpCode(200)
  async promote(@Tenant() tenantId: string, @Param() given: unknown, @Body() body: unknown): Promise<PolicyCardView> {
    const { name } = parseInput(nameParameters, given, 'path');
    const { by = tenantId, note = 'put into service by hand' } = parseJsonBody(choiceBody, body);
    await this.registry.promote(tenantId, name, { by, reason: note });
    return await this.card(tenantId, name);
  }

  @Post(':name/rollback')
  @HttpCode(200)
  async rollback(@Tenant() tenantId: string, @Param() given: unknown, @Body() body: unknown): Promise<PolicyRollbackView> {
    const { name } = parseInput(nameParameters, given, 'path');
    parseJsonBody(choiceBody, body);
    const { from, to } = await this.registry.rollback(tenantId, name);
    return { from: { name: from.name, version: from.version }, to: { name: to.name, version: to.version } };
  }

  private async cards(tenantId: string): Promise<readonly PolicyCardView[]> {
    const tenant = await this.registry.look(tenantId);
    const { serving, heuristic } = await this.registry.serving(tenantId);
    return policyCards({ tenantId, tenant, serving, heuristic, shelf: this.shelf, registry: this.registry });
  }

  /** Under its own name, else the one of that name that serves, else the newest. */
  private async card(tenantId: string, name: string): Promise<PolicyCardView> {
    const cards = await this.cards(tenantId);
    const found = cards.find((card) => card.policy === name && card.serving) ?? cards.find((card) => card.name === name) ?? cards.findLast((card) => card.policy === name);
    if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `there is no policy ${name}`, { details: { name } });
    return found;
  }
}
