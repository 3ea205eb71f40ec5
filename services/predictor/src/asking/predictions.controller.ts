import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { parseJsonBody, Tenant, type Operation } from '@orrery/http';
import { answersSchema, type AnswersView } from './answer.view.js';
import { AskingService } from './asking.service.js';
import { predictionsBody } from './question.js';

export const askingOperations: readonly Operation[] = [
  { path: '/api/v1/predictions', method: 'post', id: 'predict', summary: 'How long, how much memory, will it fail, what comes next: one question or up to a hundred', body: predictionsBody, response: answersSchema },
];

@Controller('api/v1/predictions')
export class PredictionsController {
  constructor(@Inject(AskingService) private readonly asking: AskingService) {}

  @Post()
  @HttpCode(200)
  async predict(@Tenant() tenantId: string, @Body() body: unknown): Promise<AnswersView> {
    const asked = parseJsonBody(predictionsBody, body);
    return { predictions: [...(await this.asking.answer(tenantId, 'queries' in asked ? asked.queries : [asked]))] };
  }
}
