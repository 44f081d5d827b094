import { condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

export const openUpdate = defineUpdate('open');
export const paidSignal = defineSignal('paid');

const { open, settle } = proxyActivities<{ open(): Promise<void>; settle(): Promise<void> }>({
  startToCloseTimeout: '10 seconds',
});

/** The shape of an order and nothing else: opened by an update, a timer raced with a signal, settled. */
export async function bareOrderWorkflow(): Promise<'paid' | 'failed'> {
  let opened = false;
  let paid = false;
  setHandler(openUpdate, () => condition(() => opened));
  setHandler(paidSignal, () => {
    paid = true;
  });
  await open();
  opened = true;
  const inTime = await condition(() => paid, '1 hour');
  await settle();
  return inTime ? 'paid' : 'failed';
}
