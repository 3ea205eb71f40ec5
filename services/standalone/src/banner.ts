export interface BannerFacts {
  readonly url: string;
  /** Where the embedded database keeps its files; absent when the database is someone else's. */
  readonly dataFolder: string | undefined;
  readonly kafkaBrokers: readonly string[];
}

/** What a person reads after the start: where it is, where the data lies, how to stop, what to try. */
export function banner({ url, dataFolder, kafkaBrokers }: BannerFacts): string {
  return `
Orrery is ready (Node ${process.version}).

  look at runs     ${url}
  record a command npx orrery exec -- npm --version
  replay real runs npx orrery demo
  API              ${url}/api/v1/openapi.json

  data ${dataFolder === undefined ? 'in the PostgreSQL of ORRERY_DATABASE_URL' : `in ${dataFolder}`} · log ${kafkaBrokers.length > 0 ? `Kafka at ${kafkaBrokers.join(', ')}` : 'PostgreSQL'}
  stop with Ctrl-C
`;
}
