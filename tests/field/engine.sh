# A Docker Engine of the tests' own: Debian's docker.io on a private socket, with its own bridge, data and client configuration.
# Nothing of an engine that runs on the machine already is seen or touched. Source this file.
# shellcheck shell=bash

# The engine's own client: a newer one in /usr/local/bin may lack the BuildKit that docker.io's brings along.
docker() { /usr/bin/docker "$@"; }

# engine_start DIR: starts dockerd with its state in DIR and waits until it answers. Sets DOCKER_HOST and DOCKER_CONFIG.
engine_start()
{
  local dir=$1
  mkdir -p "$dir/run" "$dir/client"
  export DOCKER_HOST="unix://$dir/run/docker.sock" DOCKER_CONFIG="$dir/client"
  engine_bridge_up "$dir" || return 1
  # Descriptors 3 and up are closed: bats waits for whoever holds its own.
  setsid /usr/sbin/dockerd --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false --bridge "$(cat "$dir/bridge")" \
    --data-root "$dir/data" --exec-root "$dir/exec" -H "$DOCKER_HOST" --pidfile "$dir/pid" \
    >"$dir/log" 2>&1 </dev/null 3>&- 4>&- 5>&- &
  local child=$! waited
  for ((waited = 0; waited < 600; waited++)); do
    if docker version >/dev/null 2>&1; then
      return 0
    fi
    kill -0 "$child" 2>/dev/null || break
    sleep 0.1
  done
  echo "engine: dockerd did not become ready; the end of its log:" >&2
  tail -n 40 "$dir/log" >&2
  engine_stop "$dir"
  return 1
}

# engine_stop DIR: stops the engine and its containers, and removes its bridge, its mounts and DIR. Harmless when nothing runs.
engine_stop()
{
  local dir=$1
  if [[ -S $dir/run/docker.sock && -s $dir/pid ]]; then
    DOCKER_HOST="unix://$dir/run/docker.sock" docker ps -q 2>/dev/null |
      DOCKER_HOST="unix://$dir/run/docker.sock" xargs -r /usr/bin/docker kill >/dev/null 2>&1
  fi
  if [[ -s $dir/pid ]]; then
    engine_end_process "$(cat "$dir/pid")"
  fi
  if [[ -s $dir/bridge ]]; then
    ip link delete "$(cat "$dir/bridge")" 2>/dev/null
  fi
  if [[ -d $dir ]]; then
    engine_unmount "$dir"
    rm -rf "$dir"
  fi
}

# Bridge and subnet of a free number, so that two engines can stand beside each other.
engine_bridge_up()
{
  local dir=$1 number
  for ((number = 30; number < 90; number++)); do
    if ip link add "ocislim$number" type bridge 2>/dev/null; then
      echo "ocislim$number" >"$dir/bridge"
      ip address add "172.30.$number.1/24" dev "ocislim$number" && ip link set "ocislim$number" up
      return
    fi
  done
  echo "engine: cannot make a network bridge (this needs root)" >&2
  return 1
}

engine_end_process()
{
  local pid=$1 waited
  kill "$pid" 2>/dev/null || return 0
  for ((waited = 0; waited < 300; waited++)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null
  return 0
}

# What the engine or a killed container left mounted under a folder, the innermost first.
engine_unmount()
{
  local mount
  awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
    umount -l "$mount"
  done
}
