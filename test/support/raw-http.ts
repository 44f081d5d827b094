import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly closed: boolean;
}

/** Sends bytes as they are and reads until the server closes, or an answer is whole. */
export async function sendRaw(port: number, parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {}); // a server that hangs up while we write is what some tests are about
  for (const part of parts) socket.write(part);
  return readAnswer(socket);
}

export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  let text = '';
  let closed = false;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) resolve();
    });
    socket.on('close', () => {
      closed = true;
      resolve();
    });
  });
  if (!closed && /\r\nconnection: close\r\n/i.test(text)) {
    await once(socket, 'close');
    closed = true;
  }
  socket.destroy();
  const [head = '', body = ''] = split(text);
  return { status: Number(head.slice(9, 12)), head, body, closed };
}

function split(text: string): string[] {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 4)];
}

function isWhole(text: string): boolean {
  const [head = '', body] = split(text);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return body !== undefined && length !== undefined && Buffer.byteLength(body, 'latin1') >= Number(length);
}
