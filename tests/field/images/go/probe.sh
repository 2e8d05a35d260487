# What a static server in Go is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_go=()

probe_go() { probe_two_routes "$1" 8000 "${probe_options_go[@]}"; }
