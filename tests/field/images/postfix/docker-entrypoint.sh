#!/bin/sh
# The environment says what differs from one place to the next.
set -e

set_value()
{
  name=$1 value=$2
  [ -z "$value" ] || postconf -e "$name=$value"
}

if [ "$1" = postfix ]; then
  set_value myhostname "$MAIL_HOSTNAME"
  set_value mynetworks "$MAIL_NETWORKS"
  if [ -n "$MAIL_ALIASES" ]; then
    echo "$MAIL_ALIASES" | tr ' ' '\n' | sed 's/=/: /' >>/etc/postfix/aliases
    postconf -e 'alias_maps=hash:/etc/postfix/aliases' 'alias_database=hash:/etc/postfix/aliases'
    newaliases
  fi
  # What the last run left.
  rm -f /var/spool/postfix/pid/*.pid
fi

exec "$@"
