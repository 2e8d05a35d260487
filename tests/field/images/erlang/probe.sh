# What a server in Erlang is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_erlang=(--tmpfs "/tmp:mode=1777")

probe_erlang() { probe_two_routes "$1" 8000 "${probe_options_erlang[@]}"; }
