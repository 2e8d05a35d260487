# What a server in Lua is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_lua=()

probe_lua() { probe_two_routes "$1" 8000 "${probe_options_lua[@]}"; }
