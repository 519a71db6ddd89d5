#!/usr/bin/env bash
# A private PostgreSQL 15 for tests: an own cluster in an own folder on a free port, with a password.
#   postgres.sh start FOLDER     make and start it; prints its URL (the folder must not exist or be empty)
#   postgres.sh stop FOLDER      stop it and remove the folder
#   postgres.sh restart FOLDER   restart it at once, as after a crash: open transactions are lost
#   postgres.sh run COMMAND …    start one, run the command with SEALMATCH_TEST_POSTGRES set to the URL, stop it
# The server never runs as root. Where it is missing and we are root, Debian's package is installed,
# without the cluster that Debian would make and start by itself.
set -euo pipefail

fail() {
  echo "postgres: $1" >&2
  exit 1
}

find_server() {
  local folder
  for folder in "${SEALMATCH_POSTGRES_BIN:-}" /usr/lib/postgresql/15/bin /usr/lib/postgresql/1[6-9]/bin; do
    [ -n "$folder" ] && [ -x "$folder/initdb" ] && echo "$folder" && return
  done
  return 1
}

install_server() {
  [ "$(id -u)" -eq 0 ] || fail "PostgreSQL is missing; run: sudo apt-get install -y postgresql-15"
  command -v apt-get >/dev/null || fail "PostgreSQL is missing; install version 15 and set SEALMATCH_POSTGRES_BIN"
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/sealmatch.conf
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends postgresql-15 >&2 ||
    apt-get install -y -qq --no-install-recommends postgresql >&2 ||
    fail "apt-get could not install postgresql-15"
}

# The server refuses to run as root: Debian's `postgres` or, in a bare container, `nobody`.
user_of_server() {
  if [ "$(id -u)" -ne 0 ]; then id -un; elif id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

as_server() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid "$(user_of_server)" --regid "$(id -g "$(user_of_server)")" --clear-groups "$@"; else "$@"; fi
}

# Below those that the system gives outgoing connections: else one of these may have the port when the
# server restarts.
free_port() {
  python3 -c '
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as free:
        if free.connect_ex(("127.0.0.1", port)):
            break
print(port)'
}

start() {
  local folder=$1 bin password port try
  bin=$(find_server) || { install_server && bin=$(find_server); } || fail "no PostgreSQL server found"
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  [ -z "$(ls -A "$folder")" ] || fail "$folder is not empty"
  [ "$(id -u)" -ne 0 ] || chown "$(user_of_server)" "$folder"
  chmod 700 "$folder"
  password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
  (umask 077 && echo "$password" >"$folder/password")
  [ "$(id -u)" -ne 0 ] || chown "$(user_of_server)" "$folder/password"
  cd "$folder"
  as_server "$bin/initdb" --pgdata="$folder/data" --username=sealmatch --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; fail "initdb failed"; }
  rm -f "$folder.log"
  # Somebody else may take a free port before the server does: try again with another.
  for try in 1 2 3; do
    port=$(free_port)
    echo "$port" >"$folder/port"
    if launch "$bin" "$folder" "$port"; then
      echo "postgresql+psycopg://sealmatch:$password@127.0.0.1:$port/postgres"
      return
    fi
  done
  cat "$folder/server.log" >&2
  fail "the server did not start"
}

launch() {
  as_server "$1/pg_ctl" start --silent --wait --timeout=60 --pgdata="$2/data" --log="$2/server.log" \
    --options="-p $3 -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections=200" \
    >/dev/null </dev/null
}

stop() {
  local folder bin
  [ -d "$1/data" ] || fail "$1 holds no cluster"
  folder=$(cd "$1" && pwd)
  bin=$(find_server)
  cd /
  as_server "$bin/pg_ctl" stop --silent --mode=fast --pgdata="$folder/data" >/dev/null 2>&1 || true
  rm -rf "$folder"
}

restart() {
  local folder bin
  folder=$(cd "$1" && pwd)
  bin=$(find_server)
  cd /
  as_server "$bin/pg_ctl" stop --silent --mode=immediate --pgdata="$folder/data" >/dev/null
  # What is left of the old server may hold its memory or its port for a moment.
  for _ in 1 2 3; do
    launch "$bin" "$folder" "$(cat "$folder/port")" && return
    sleep 1
  done
  fail "the server did not start again"
}

run() {
  local folder url status=0
  folder=$(mktemp -d "${TMPDIR:-/tmp}/sealmatch-postgres.XXXXXX")
  # shellcheck disable=SC2064  # the folder of now
  trap "'$(readlink -f "$0")' stop '$folder'" EXIT
  url=$("$(readlink -f "$0")" start "$folder")
  SEALMATCH_TEST_POSTGRES=$url "$@" || status=$?
  return "$status"
}

case "${1:-}" in
start | stop | restart) [ $# -eq 2 ] || fail "usage: postgres.sh $1 FOLDER"; "$1" "$2" ;;
run) [ $# -ge 2 ] || fail "usage: postgres.sh run COMMAND …"; shift; run "$@" ;;
*) fail "usage: tools/postgres.sh start|stop|restart FOLDER | run COMMAND …" ;;
esac
