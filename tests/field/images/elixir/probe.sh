# What a server in Elixir is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_elixir=(--tmpfs "/tmp:mode=1777")

probe_elixir() { probe_two_routes "$1" 8000 "${probe_options_elixir[@]}"; }
