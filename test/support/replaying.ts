import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';

// Where traced workflows tell their spans; nothing is told while they are replayed.
const sinks = { exporter: { export: { fn: () => {}, callDuringReplay: false } } };

/** What replaying histories on these workflows says: the name of each that disagrees, with the reason; and how many there were. */
export async function replayed(
  workflowsPath: string,
  histories: ReplayHistoriesIterable,
  workflowModules: readonly string[] = [], // interceptors in the bundle
): Promise<{ readonly count: number; readonly disagreements: Readonly<Record<string, string>> }> {
  const options = { workflowsPath, interceptors: { workflowModules: [...workflowModules] }, sinks };
  const disagreements: Record<string, string> = {};
  let count = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    count += 1;
    if (error) disagreements[workflowId] = `${error.name}: ${error.message}`;
  }
  return { count, disagreements };
}
