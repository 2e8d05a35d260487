#!/usr/bin/env bats
# Applications that lean on the system's own parts: fonts and formats, TLS and keys, users and time zones; with no option at all.

setup() { load same.sh; }

@test "graphics: the slim image gives the same answers" { same_answers graphics; }

@test "graphics: the slim image keeps its configuration" { same_config graphics; }

@test "tools: the slim image gives the same answers" { same_answers tools; }

@test "tools: the slim image keeps its configuration" { same_config tools; }
