# What git, GnuPG, OpenSSL and su are asked: a repository over TLS, keys and signatures, a cipher of a provider, and other users by PAM.
# shellcheck shell=bash

probe_tools()
{
  local servers status=0
  servers=$(mktemp -d) || return 1
  probe_repository "$servers/files/repository" && probe_servers_start "$servers" || return 1
  probe_run "$1" --network host --add-host listed.ocislim.test:127.0.0.1 --tmpfs "/tmp:mode=1777" --cap-add SETUID --cap-add SETGID \
    -- "https://listed.ocislim.test:$(cat "$servers/port")/files/repository" 2>&1 || status=$?
  kill "$(cat "$servers/pid")"
  rm -rf "$servers"
  return "$status"
}

# A repository that is the same each time, as files that any server of files can give.
probe_repository()
{
  local git=(env GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000' git -C "$1"
    -c user.name=tests -c user.email=tests@ocislim.test)
  mkdir -p "$1" && "${git[@]}" init --quiet --initial-branch main && echo one >"$1/one" && "${git[@]}" add one &&
    "${git[@]}" commit --quiet --message 'first' && "${git[@]}" clone --quiet --bare . .bare && rm -rf "${1:?}/.git" "$1/one" &&
    mv "$1/.bare"/* "$1/" && git -C "$1" --git-dir . update-server-info
}
