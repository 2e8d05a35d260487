#!/usr/bin/env bats
# Whole applications, slimmed from what `docker save` wrote, in a real engine: read-only, without capabilities, with the answers of the original.

setup() { load same.sh; }

@test "nginx: the slim image gives the same answers" { same_answers nginx; }

@test "nginx: the slim image keeps its configuration" { same_config nginx; }

@test "redis: the slim image gives the same answers" { same_answers redis; }

@test "redis: the slim image keeps its configuration" { same_config redis; }

@test "curl: the slim image gives the same answers" { same_answers curl; }

@test "curl: the slim image keeps its configuration" { same_config curl; }

@test "flask: the slim image gives the same answers" { same_answers flask; }

@test "flask: the slim image keeps its configuration" { same_config flask; }
