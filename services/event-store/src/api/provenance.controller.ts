import { Controller, Get, Inject, Query } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { parseInput, Tenant } from '@orrery/http';
import { readProvenance } from '../reading/provenance.reader.js';
import { TraceDatabase } from '../reading/trace-database.js';
import type { ProvenanceView } from '../views/provenance.view.js';
import { provenanceQuery } from './inputs.js';

@Controller('api/v1/artifacts')
export class ProvenanceController {
  constructor(@Inject(TraceDatabase) private readonly traces: TraceDatabase) {}

  @Get('provenance')
  async provenance(@Tenant() tenantId: string, @Query() given: unknown): Promise<ProvenanceView> {
    const { uri, hash } = parseInput(provenanceQuery, given);
    const file = uri === undefined ? { hash: hash ?? '' } : { uri };
    const provenance = await this.traces.read(tenantId, (transaction) => readProvenance(transaction, file));
    if (provenance === null) throw new OrreryError('ORRERY_NOT_FOUND', `no run has read or written ${uri ?? hash ?? ''}`);
    return provenance;
  }
}
