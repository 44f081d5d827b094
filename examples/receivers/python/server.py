"""A webhook receiver with nothing but Python 3: WEBHOOK_SECRET=whsec_... PORT=9000 python3 server.py"""

import hashlib
import hmac
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()


def is_authentic(header: str, body: bytes) -> bool:
    """The header is `t=<unix seconds>,v1=<hex>`, with a second v1 for 24 hours after the secret was rotated."""
    first, *signatures = header.split(",")
    stamp = re.fullmatch(r"t=([0-9]{1,12})", first)
    if not stamp or abs(time.time() - int(stamp[1])) > 300:
        return False
    expected = hmac.new(SECRET, f"{stamp[1]}.".encode() + body, hashlib.sha256).hexdigest()
    wanted = f"v1={expected}".encode()
    return any(hmac.compare_digest(given.encode(), wanted) for given in signatures)


seen = set()  # keep this in your database, in the transaction that handles the event
one_at_a_time = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if not 0 <= length <= 1_048_576:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)  # the bytes as they came: parsed and printed again, they are others
        if not is_authentic(self.headers.get("x-driftstack-signature", ""), body):
            return self.answer(401)
        event = json.loads(body)
        with one_at_a_time:
            if event["id"] not in seen:
                seen.add(event["id"])
                line = {"event_id": event["id"], "event_type": event["type"], "data": event["data"]}
                print(json.dumps(line), flush=True)
        self.answer(204)  # also for one seen before: anything else is sent again

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver).serve_forever()
