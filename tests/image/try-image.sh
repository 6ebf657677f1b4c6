#!/usr/bin/env bash
# Builds the image without Docker and tries it: needs root, buildah and a minute.
# docs/how-to/build-the-image-without-docker.md explains each step.
#
#   tests/image/try-image.sh [further options for `buildah bud`]
set -euo pipefail
cd "$(dirname "$0")/../.."

image=localhost/notifyd
python_image=docker.io/library/python:3.11-slim
http_port=${HTTP_PORT:-18000}
ws_port=${WS_PORT:-18001}
secret=$(head -c 32 /dev/urandom | base64)
work=$(mktemp -d)
container=
server=

finish() {
  [ -z "$server" ] || kill -KILL "$server" || true
  [ -z "$container" ] || buildah rm "$container" >/dev/null
  rm -rf "$work"
}
trap finish EXIT

passed() { echo "ok    $1"; }
failed() { echo "FAIL  $1" >&2; exit 1; }

# A command in the container, with the image's own user and variables.
inside() {
  buildah run --isolation chroot \
    --env NOTIFYD_HTTP_PORT="$http_port" --env NOTIFYD_WS_PORT="$ws_port" \
    "${with_secret[@]}" "$container" -- "$@"
}

# Until the server's own health check succeeds, or 20 s have passed.
until_healthy() {
  for _ in $(seq 40); do
    if inside "${health[@]}" 2>/dev/null; then return; fi
    sleep 0.5
  done
  cat "$work/log" >&2
  failed "the health check never succeeded"
}

start() {
  inside notifyctl serve >"$work/log" 2>&1 &
  runner=$!
  until_healthy
  # The newest is the server itself; the others are the tools that started it.
  server=$(pgrep --newest --uid 10001 --full "notifyctl serve")
}

# Without --pull-never buildah would ask a registry for the base.
buildah images --quiet "$python_image" >/dev/null || failed "there is no $python_image; make it first"
buildah bud --quiet --isolation chroot --format docker --pull-never --tag "$image" "$@" . >/dev/null
passed "builds: $(buildah images --format '{{.Size}}' "$image"), of which the base $(
  buildah images --format '{{.Size}}' "$python_image")"

container=$(buildah from --pull-never "$image")
mapfile -t health < <(buildah inspect --format \
  '{{range $i, $word := .Docker.Config.Healthcheck.Test}}{{if $i}}{{println $word}}{{end}}{{end}}' \
  "$container" | sed '/^$/d')

with_secret=()
status=0
inside notifyctl serve >"$work/out" 2>&1 || status=$?
grep -q "NOTIFYD_JWT_SECRET" "$work/out" || failed "it does not say that it needs a secret"
[ "$status" = 2 ] || failed "without a secret it ends with $status, not 2"
passed "refuses to start without a secret: $(head -n 1 "$work/out")"

with_secret=(--env "NOTIFYD_JWT_SECRET=$secret")
root=$(buildah mount "$container")
touch "$work/before"
start
passed "starts with a secret, and its health check succeeds"

[ "$(awk '/^Uid:/ {print $2}' "/proc/$server/status")" = 10001 ] || failed "it runs as another user"
passed "runs as user 10001"

token=$(inside notifyctl token issue alice)
[ "$(tr -cd . <<<"$token")" = .. ] || failed "this is no token: $token"
inside notifyctl send alice "Hello from inside" --level high
inside notifyctl tail alice --count 1 --timeout 10s | grep "Hello from inside"
passed "issues tokens, sends, and delivers"

# What is in /etc and /run belongs to the tool that runs the container.
written=$(find "$root" -newer "$work/before" -type f \
  -not -path "$root/data/*" -not -path "$root/etc/*" -not -path "$root/run/*")
[ -z "$written" ] || failed "it wrote outside of /data: $written"
inside test -f /data/notifyd.sqlite3 || failed "its database is not in /data"
passed "writes to /data only"

kill -TERM "$server"
status=0
wait "$runner" || status=$?
[ "$status" = 0 ] || failed "after SIGTERM it ends with $status: $(tail -n 3 "$work/log")"
server=
passed "drains and ends with 0 after SIGTERM"

start
inside notifyctl inbox alice | grep "Hello from inside"
passed "still has everything after a restart"
