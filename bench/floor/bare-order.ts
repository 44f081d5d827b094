import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';

export const openUpdate = defineUpdate('open');
export const wordSignal = defineSignal('word');

interface Steps {
  open(): Promise<void>;
  settle(): Promise<void>;
}
const steps = {
  normal: proxyActivities<Steps>({ startToCloseTimeout: '10 seconds' }),
  local: proxyLocalActivities<Steps>({ startToCloseTimeout: '10 seconds' }),
};

/** How a bare order does its steps, and how many signals it is told before it is paid. */
export interface BareShape {
  readonly steps: 'normal' | 'local';
  readonly signals: number;
}

/** The shape of an order and nothing else: opened by an update, a timer raced with a signal, settled once for each. */
export async function bareOrderWorkflow(shape: BareShape): Promise<'paid' | 'failed'> {
  const { open, settle } = steps[shape.steps];
  let opened = false;
  let words = 0;
  setHandler(openUpdate, () => condition(() => opened));
  setHandler(wordSignal, () => {
    words += 1;
  });
  await open();
  opened = true;
  for (let settled = 0; settled < shape.signals; settled += 1) {
    const inTime = await condition(() => words > settled, '1 hour');
    await settle();
    if (!inTime) return 'failed';
  }
  return 'paid';
}
