import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline } from 'node:stream';

interface Csv {
  readonly fileName: string;
  readonly lines: AsyncIterable<object>; // asked for as fast as they are taken
  readonly text: NodeJS.ReadWriteStream;
}

/** Sends lines as a spreadsheet reads them: whoever reads slowly holds neither memory nor a connection of the database. */
export function sendCsv(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { fileName, lines, text }: Csv,
): FastifyReply {
  void reply.type('text/csv; charset=utf-8');
  void reply.header('content-disposition', `attachment; filename="${fileName}"`);
  const csv = pipeline(lines, text, (failure) => {
    // The connection is cut with the stream: a reader can tell half a file from a whole one.
    if (failure && failure.code !== 'ERR_STREAM_PREMATURE_CLOSE')
      request.log.error({ err: failure, requestId: request.id }, 'an export broke off');
  });
  return reply.send(csv);
}
