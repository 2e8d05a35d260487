#!/bin/sh
# One worker for each processor that the container may use, where that is wanted and the file may be written.
set -eu

[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
[ -w /etc/nginx/nginx.conf ] || { echo "$0: nginx.conf is read-only" >&2; exit 0; }

count=$(nproc)
if [ -r /sys/fs/cgroup/cpu.max ]; then
  limit=$(awk '$1 != "max" { print int(($1 + $2 - 1) / $2) }' /sys/fs/cgroup/cpu.max)
  [ "${limit:-0}" -eq 0 ] || [ "$limit" -ge "$count" ] || count=$limit
fi
sed -i.bak -r "s/^(worker_processes)(.*)$/\1 $count;/" /etc/nginx/nginx.conf
