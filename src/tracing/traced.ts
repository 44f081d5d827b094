/** Something that is done for an order, with a name that whoever looks at its trace reads. */
export interface TracedStep {
  readonly orderId: string | null; // null: for none
  readonly name: string;
  readonly sinceMs?: number; // it began before it was known which order it is for
}

/** Does the work, and tells the order's trace how long it took and how it ended. */
export type Traced = <T>(step: TracedStep, work: () => Promise<T>) => Promise<T>;

/** While nobody collects traces. */
export const untraced: Traced = (_step, work) => work();
