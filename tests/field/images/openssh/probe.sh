# What the OpenSSH server is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, who becomes the user that logs in.
probe_options_openssh=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --cap-add SYS_CHROOT --cap-add KILL
  --tmpfs /run --tmpfs /tmp --tmpfs /etc/ssh/keys --tmpfs /home/user:mode=777 --tmpfs /var/log)

probe_openssh()
{
  local container dir port status=0
  dir=$(mktemp -d) || return 1
  chmod 755 "$dir" && ssh-keygen -q -N '' -t ed25519 -f "$dir/key" && cp "$dir/key.pub" "$dir/user" || return 1
  container=$(probe_start "$1" 2222 "${probe_options_openssh[@]}" --volume "$dir/user:/etc/authorized/user:ro") || return 1
  port=$(docker port "$container" 2222)
  probe_finish "$container" probe_ask_openssh "$container" "$dir" "${port##*:}" || status=1
  rm -r "$dir"
  return "$status"
}

# probe_ssh DIR PORT PROGRAM ARGUMENT...
probe_ssh()
{
  local dir=$1 port=$2 program=$3
  shift 3
  "$program" -F none -o Port="$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile="$dir/known" -o LogLevel=ERROR -o BatchMode=yes \
    -i "$dir/key" -o IdentitiesOnly=yes "$@"
}

probe_ask_openssh()
{
  local container=$1 dir=$2 port=$3
  probe_wait probe_ssh "$dir" "$port" ssh user@127.0.0.1 true || return 1
  echo "-- a login with a key, in the user's shell"
  # shellcheck disable=SC2016 # the other side expands it
  probe_ssh "$dir" "$port" ssh user@127.0.0.1 'echo "$USER $HOME $SHELL ${BASH_VERSINFO[0]}"; umask; read -r x; echo "got $x"' <<<"Grüße" || return 1
  echo "-- files"
  printf 'some text\n' >"$dir/file"
  probe_ssh "$dir" "$port" sftp -q -b - user@127.0.0.1 <<<"cd /tmp
put $dir/file
rename file other
ls -1
get other $dir/back" | grep -v '^sftp>' || return 1
  cat "$dir/back" || return 1
  echo "-- nobody else comes in"
  ssh-keygen -q -N '' -t ecdsa -f "$dir/other" || return 1
  ssh -F none -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile="$dir/known" -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes \
    -i "$dir/other" user@127.0.0.1 true
  echo "status $?"
}
