import type { Command } from 'commander';
import type { Surroundings } from '../../session.js';
import { defineEvaluate } from './evaluate.js';
import { definePolicies } from './policies.js';
import { defineScheduleReport } from './report.js';
import { defineScheduleTrain } from './train.js';

export function defineSchedule(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('schedule')
    .summary('train, compare and choose scheduling policies')
    .description('Trains policies that decide what runs next, compares them with heuristics on the same jobs, and says which serves.');
  defineScheduleTrain(group, surroundings);
  defineEvaluate(group, surroundings);
  defineScheduleReport(group, surroundings);
  definePolicies(group, surroundings);
}
