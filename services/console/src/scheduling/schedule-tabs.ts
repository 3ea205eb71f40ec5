export const scheduleTabs = ['policies', 'decisions', 'experiments', 'trainings'] as const;
export type ScheduleTab = (typeof scheduleTabs)[number];

export const tabNames: Readonly<Record<ScheduleTab, string>> = {
  policies: 'Policies',
  decisions: 'Decisions',
  experiments: 'Experiments',
  trainings: 'Training',
};

/** The tab that an address names; the policies where it names none. */
export function tabOf(query: URLSearchParams): ScheduleTab {
  return scheduleTabs.find((tab) => tab === query.get('tab')) ?? 'policies';
}
