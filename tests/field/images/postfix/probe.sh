# What Postfix is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, whose daemons become other users and deliver as the user who gets the mail. The settings, the queue and the state may be written.
probe_options_postfix=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --cap-add FOWNER --cap-add KILL
  --cap-add NET_BIND_SERVICE --cap-add SYS_CHROOT --tmpfs /tmp --tmpfs /run --volume /etc/postfix --volume /var/spool/postfix
  --volume /var/lib/postfix --env MAIL_HOSTNAME=mail.test --env MAIL_ALIASES=office=user)

probe_postfix()
{
  local container dir status=0
  dir=$(mktemp -d) && mkdir --mode 1777 "$dir/mail" || return 1
  container=$(probe_start "$1" 25 "${probe_options_postfix[@]}" --volume "$dir/mail:/var/mail") || return 1
  probe_finish "$container" probe_ask_postfix "$container" "$dir/mail" || status=1
  rm -r "$dir"
  return "$status"
}

probe_smtp() { /usr/bin/python3 "$field_dir/smtp.py" "$@"; }

probe_ask_postfix()
{
  local container=$1 mail=$2 address
  address=$(docker port "$container" 25)
  probe_wait probe_smtp "$address" "" || return 1
  echo "-- the dialogue: to the user, to an alias, to an address of a table, over TLS"
  probe_smtp "$address" user@mail.test office@mail.test someone@other.test || return 1
  echo "-- what arrived"
  probe_wait probe_postfix_count "$mail/user" 4 || return 1
  grep -hE '^(Return-Path|X-Original-To|Subject|To|Grüße)' "$mail/user" | LC_ALL=C sort || return 1
  grep -o '+0545' "$mail/user" | sort -u || return 1
  stat --format '%a' "$mail/user" || return 1
  echo "-- the queue is empty, a table is read"
  probe_wait eval "docker exec $container postqueue -p | grep -q empty" || return 1
  docker exec "$container" postqueue -p || return 1
  docker exec "$container" postmap -q someone@other.test hash:/srv/mail/virtual || return 1
  probe_health "$container"
}

probe_postfix_count() { (($(grep -c '^X-Original-To:' "$1") == $2)); }
