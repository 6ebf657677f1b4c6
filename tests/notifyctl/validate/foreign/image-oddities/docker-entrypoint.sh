#!/bin/sh
set -e
if [ "$(id -u)" = '0' ]; then
	chown -R cache /data
	exec gosu cache "$0" "$@"
fi
exec "$@"
