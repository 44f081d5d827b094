import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';

/** What replaying histories on these workflows says: the name of each that disagrees, with the reason; and how many there were. */
export async function replayed(
  workflowsPath: string,
  histories: ReplayHistoriesIterable,
): Promise<{ readonly count: number; readonly disagreements: Readonly<Record<string, string>> }> {
  const disagreements: Record<string, string> = {};
  let count = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath }, histories)) {
    count += 1;
    if (error) disagreements[workflowId] = `${error.name}: ${error.message}`;
  }
  return { count, disagreements };
}
