/** Every metric of the platform; names follow Prometheus (base units, `_total` on counters), labels are bounded. */
export const metricNames = {
  recordsAccepted: 'orrery_records_accepted_total',
  recordsRejected: 'orrery_records_rejected_total',
  recordsUnrecognised: 'orrery_records_unrecognised_total',
  bytesInFlight: 'orrery_ingest_in_flight_bytes',
  ackDuration: 'orrery_ingest_ack_duration_seconds',
  recordsStored: 'orrery_records_stored_total',
  recordsRepeated: 'orrery_records_repeated_total',
  writeDuration: 'orrery_store_write_duration_seconds',
  factsPublished: 'orrery_facts_published_total',
  baselineFactsLearned: 'orrery_baseline_facts_learned_total',
  baselineFactsRepeated: 'orrery_baseline_facts_repeated_total',
  anomaliesOpened: 'orrery_baseline_anomalies_total',
  baselineWriteDuration: 'orrery_baseline_write_duration_seconds',
  baselineSeriesUnwatched: 'orrery_baseline_series_unwatched_total',
  baselineSweepFaults: 'orrery_baseline_sweep_faults_total',
  predictorFactsLearned: 'orrery_predictor_facts_learned_total',
  predictorFactsRepeated: 'orrery_predictor_facts_repeated_total',
  predictionsMade: 'orrery_predictions_made_total',
  predictionsScored: 'orrery_predictions_scored_total',
  predictionDrifts: 'orrery_prediction_drifts_total',
  predictionsUnwritten: 'orrery_predictions_unwritten_total',
  predictorTrainings: 'orrery_predictor_trainings_total',
  predictorTrainingDuration: 'orrery_predictor_training_duration_seconds',
  predictorModelPromotions: 'orrery_predictor_model_promotions_total',
  predictorModelsDamaged: 'orrery_predictor_models_damaged_total',
  predictorTrainingFaults: 'orrery_predictor_training_faults_total',
  predictorRuntime: 'orrery_predictor_runtime_info',
  predictorSeriesUnkept: 'orrery_predictor_series_unkept_total',
  predictorSweepFaults: 'orrery_predictor_sweep_faults_total',
  predictorWriteDuration: 'orrery_predictor_write_duration_seconds',
  predictorAnswerDuration: 'orrery_predictor_answer_duration_seconds',
  alertAttempts: 'orrery_alert_attempts_total',
  alertDeliveries: 'orrery_alert_deliveries_total',
  alertAttemptDuration: 'orrery_alert_attempt_duration_seconds',
  alertDispatchFaults: 'orrery_alert_dispatch_faults_total',
} as const;

/** Every span that the services open by hand; one per request or batch, never one per record. */
export const spanNames = {
  ingestRequest: 'ingest request',
  storeBatch: 'store batch',
} as const;

/** Span and log attributes of our own; the rest are OpenTelemetry's. */
export const attributeNames = {
  tenantId: 'orrery.tenant.id',
  recordCount: 'orrery.record.count',
  format: 'orrery.format',
} as const;
