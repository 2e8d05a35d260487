#!/usr/bin/env bats
# The images of the tests, as they were built, do their work under the hardening that the slim ones run under: what the probes ask for is there.

setup() { load probe.sh; }

answers()
{
  probe "$1" "ocislim-test/$1" >"$BATS_TEST_TMPDIR/answers"
  cat "$BATS_TEST_TMPDIR/answers"
}

@test "nginx: the original serves pages, types, gzip, and is healthy" {
  answers nginx
  grep -qi 'application/atom+xml' "$BATS_TEST_TMPDIR/answers"
  grep -qi 'content-encoding: gzip' "$BATS_TEST_TMPDIR/answers"
  grep -qx '0 33' "$BATS_TEST_TMPDIR/answers"
  grep -qx 'health: healthy' "$BATS_TEST_TMPDIR/answers"
}

@test "redis: the original stores, runs Lua, dumps, and is healthy" {
  answers redis
  grep -qx 'Grüße' "$BATS_TEST_TMPDIR/answers"
  grep -qx '\[16961,3\]' "$BATS_TEST_TMPDIR/answers"
  grep -qx 'health: healthy' "$BATS_TEST_TMPDIR/answers"
}

@test "curl: the original resolves names and checks certificates" {
  answers curl
  [[ $(grep -cx 'Grüße über TLS' "$BATS_TEST_TMPDIR/answers") == 2 ]]
  grep -qx 'status 60' "$BATS_TEST_TMPDIR/answers"
  grep -qx 'status 6' "$BATS_TEST_TMPDIR/answers"
}

@test "flask: the original answers on both routes, in its time zone, and is healthy" {
  answers flask
  grep -q '<p>Grüße &amp; more</p>' "$BATS_TEST_TMPDIR/answers"
  grep -q '"local_time": *"05:30 +0530"' "$BATS_TEST_TMPDIR/answers"
  grep -q '"user": *"app"' "$BATS_TEST_TMPDIR/answers"
  grep -qx 'health: healthy' "$BATS_TEST_TMPDIR/answers"
}
