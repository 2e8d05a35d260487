# What a server under Puma and Bundler is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_ruby=(--tmpfs "/tmp:mode=1777")

probe_ruby() { probe_two_routes "$1" 8000 "${probe_options_ruby[@]}"; }
