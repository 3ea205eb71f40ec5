import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { DeadLetterService, type DeadLetterPosition } from '../dead-letter.service.js';
import { deadLetterView, type DeadLetterView } from '../views/dead-letter.view.js';
import { deadLettersQuery, replayBody } from './inputs.js';
import { listings } from './listings.js';

@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLetterService) private readonly deadLetters: DeadLetterService) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<DeadLetterView>> {
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

function cursorOf({ topic, from }: DeadLetterPosition): string {
  return listings.deadLetters.cursorOf({ topic, from: [...from].map(([partition, offset]) => [partition, offset.toString()]) });
}

function positionOf(cursor: string | undefined): DeadLetterPosition | undefined {
  const place = listings.deadLetters.placeOf(cursor);
  return place && { topic: place.topic, from: new Map(place.from.map(([partition, offset]) => [partition, BigInt(offset)])) };
}
