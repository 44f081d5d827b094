#!/bin/sh
# exec: the SDK stops the server by the id of the process it started. The flags halve the time to the first answer.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto \
  -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
