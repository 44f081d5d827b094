import { createServer } from 'node:http';

// A merchant's server that takes its time: `/0/…` answers at once, `/100/…` after 100 ms, `/never/…` not at all.
const port = Number(process.argv[2]);

createServer((request, response) => {
  const delay = request.url?.split('/')[1] ?? '0';
  request.resume();
  request.on('end', () => {
    if (delay === 'never') return;
    const answer = () => void response.writeHead(204).end();
    if (delay === '0') answer();
    else setTimeout(answer, Number(delay));
  });
}).listen(port, '127.0.0.1');
