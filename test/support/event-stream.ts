/** Somebody who follows server-sent events, as a browser would, without coming back. */
export interface EventStream {
  readonly messages: readonly string[];
  readonly comments: number;
  readonly isOver: boolean;
  leave(): void;
}

export async function followEvents(url: string): Promise<EventStream> {
  const controller = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: controller.signal });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`${url}: ${response.status}`);
  }
  const messages: string[] = [];
  const state = { comments: 0, isOver: false };

  const read = async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.startsWith('data: ')) messages.push(block.slice('data: '.length));
        if (block.startsWith(':')) state.comments += 1;
      }
    }
  };
  void read(response.body)
    .catch(() => {}) // left, or cut off
    .finally(() => (state.isOver = true));

  return {
    messages,
    get comments() {
      return state.comments;
    },
    get isOver() {
      return state.isOver;
    },
    leave: () => controller.abort(),
  };
}
