# What a server in Perl is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_perl=()

probe_perl() { probe_two_routes "$1" 8000 "${probe_options_perl[@]}"; }
