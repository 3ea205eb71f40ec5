import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { parseJsonBody, Tenant } from '@orrery/http';
import { PreviewService } from '../preview.service.js';
import type { PreviewView } from '../views/anomaly.view.js';
import { iso } from '../views/baseline.view.js';
import { previewBody } from './inputs.js';

@Controller('api/v1/anomaly-rules')
export class AnomalyRulesController {
  constructor(@Inject(PreviewService) private readonly previews: PreviewService) {}

  @Post('preview')
  @HttpCode(200)
  async preview(@Tenant() tenantId: string, @Body() body: unknown): Promise<PreviewView> {
    const { workflow, task, engine, metric, threshold, since } = parseJsonBody(previewBody, body);
    const { observations, flagged, flaggedNow, examples } = await this.previews.preview(tenantId, { workflow, task, engine, metric, threshold, sinceMs: since ?? 0 });
    const share = (count: number) => (observations === 0 ? 0 : count / observations);
    return {
      ...{ observations, flagged, share: share(flagged) },
      examples: examples.map(({ runId, atMs, actual, expected, deviation }) => ({ run_id: runId, at: iso(atMs), actual, expected, deviation })),
      with_current: { flagged: flaggedNow, share: share(flaggedNow) },
    };
  }
}
