import { describe, expect, it } from 'vitest';
import { createSharedSteps } from '../../src/activities/shared-steps.js';

/** Steps that end when they are told to. */
function world() {
  const ends: ((answer: string | Error) => void)[] = [];
  const share = createSharedSteps<string>();
  const begin = (step: string) =>
    share(
      step,
      () =>
        new Promise((resolve, reject) =>
          ends.push((answer) => (typeof answer === 'string' ? resolve(answer) : reject(answer))),
        ),
    );
  return { ends, begin };
}

describe('a step that is in hand', () => {
  it('is shared by whoever comes for it meanwhile, and begun anew afterwards', async () => {
    const { ends, begin } = world();
    const [first, second] = [begin('a'), begin('a')];
    expect(ends).toHaveLength(1);
    ends[0]!('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    const third = begin('a');
    expect(ends).toHaveLength(2);
    ends[1]!('done again');
    expect(await third).toBe('done again');
  });

  it('fails for all who share it, and is begun anew afterwards', async () => {
    const { ends, begin } = world();
    const both = Promise.allSettled([begin('a'), begin('a')]);
    ends[0]!(new Error('away'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    void begin('a');
    expect(ends).toHaveLength(2);
  });

  it('is no other step', () => {
    const { ends, begin } = world();
    void begin('a');
    void begin('b');
    expect(ends).toHaveLength(2);
  });
});
