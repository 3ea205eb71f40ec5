import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { parseInput, parseJsonBody } from '@orrery/http';
import { z } from 'zod';
import { DeadLetterService, type DeadLetterPosition } from '../dead-letter.service.js';
import { deadLetterView, type DeadLetterView } from '../views/dead-letter.view.js';
import { deadLettersQuery, replayBody } from './inputs.js';
import { Tenant } from './tenant.js';

@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLetterService) private readonly deadLetters: DeadLetterService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<{ readonly items: readonly DeadLetterView[]; readonly next_cursor: string | null }> {
    const { topic, limit, cursor } = parseInput(deadLettersQuery, given);
    const { letters, next } = await this.deadLetters.list(tenantId, topic, { after: positionOf(cursor), limit });
    return { items: letters.map(deadLetterView), next_cursor: next === null ? null : cursorOf(next) };
  }

  @Post('replay')
  @HttpCode(200)
  async replay(@Tenant() tenantId: string, @Body() body: unknown): Promise<{ readonly replayed: number }> {
    const { ids, topic } = parseJsonBody(replayBody, body);
    if (ids !== undefined) return { replayed: await this.deadLetters.replayLetters(tenantId, ids) };
    return { replayed: await this.deadLetters.replayTopic(tenantId, topic ?? '') };
  }
}

const positionSchema = z.tuple([z.string(), z.array(z.tuple([z.int().min(0), z.string().regex(/^\d{1,18}$/)]))]);

function cursorOf({ topic, from }: DeadLetterPosition): string {
  return Buffer.from(JSON.stringify([topic, [...from].map(([partition, offset]) => [partition, offset.toString()])])).toString('base64url');
}

function positionOf(cursor: string | undefined): DeadLetterPosition | undefined {
  if (cursor === undefined) return undefined;
  const parsed = positionSchema.safeParse(jsonOf(cursor));
  if (!parsed.success) throw new OrreryError('ORRERY_VALIDATION', 'query.cursor: this listing did not give out such a cursor');
  const [topic, from] = parsed.data;
  return { topic, from: new Map(from.map(([partition, offset]) => [partition, BigInt(offset)])) };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
