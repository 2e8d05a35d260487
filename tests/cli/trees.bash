# Small trees whose objects are compiled by the test, and what rules add to them. Load it after common.
# shellcheck shell=bash disable=SC2154 # root, static and the rest are common's or the test's

# tree DIR: folders, and a C library to link with is the host's.
tree()
{
  root=$PWD/$1
  mkdir -p "$root"/{etc,usr/bin,usr/lib,usr/share,opt}
}

# compile TEXT FLAG...: makes a program or a library of C text.
compile()
{
  local text=$1
  shift
  cc -x c - -x none -O1 -w "$@" <<<"$text"
}

# with_rules JSON: a folder of the user's rules that holds these.
with_rules()
{
  mkdir -p rules
  printf '{"rules": [%s]}' "$1" >rules/user.json
}

# added EXPECTED [OPTION...]: what rules add to the tree's /usr/bin/app, and which: lines of "PATH RULE".
added()
{
  local expected=$1 got
  shift
  "$OCISLIM" slim -q "rootfs:$root" oci:out --entrypoint /usr/bin/app --allow-missing --report report.json "$@" || return 1
  rm -rf out
  got=$(jq -r '.kept[] | select(.reason.kind == "rule") | .path + " " + (.reason.detail | sub("[ :].*"; ""))' report.json) || return 1
  equal "$got" "$expected"
}
