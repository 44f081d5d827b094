const endpoints = ['POST /payment', 'GET /payment/:id', 'GET /payment/', 'POST /auth', '*'];

/** Counts what the simulator is asked from now on: by fault rules that see every call and never act. */
export async function countProviderCalls(simulatorUrl: string): Promise<() => Promise<Record<string, number>>> {
  const post = async (endpoint: string) => {
    const rule = { endpoint, fault: 'latency', ms: 0, jitter: 0, p: 0 };
    const answer = await fetch(`${simulatorUrl}/_sim/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { fault_id: string }).fault_id;
  };
  const ids = await Promise.all(endpoints.map(post));
  return async () => {
    const answer = await fetch(`${simulatorUrl}/_sim/faults`);
    const { faults } = (await answer.json()) as { faults: { fault_id: string; seen: number }[] };
    const seen = (index: number) => faults.find((rule) => rule.fault_id === ids[index])?.seen ?? Number.NaN;
    return Object.fromEntries(endpoints.map((endpoint, index) => [endpoint, seen(index)]));
  };
}
