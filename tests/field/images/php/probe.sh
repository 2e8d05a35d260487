# What PHP's own server is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_php=(--tmpfs "/tmp:mode=1777")

probe_php() { probe_two_routes "$1" 8000 "${probe_options_php[@]}"; }
