#!/usr/bin/env bats
# A small application for each runtime, with a second route that loads what the first one did not need: without one option, the answers of the original.

setup() { load same.sh; }

@test "java: the slim image gives the same answers" { same_answers java; }

@test "java: the slim image keeps its configuration" { same_config java; }

@test "node: the slim image gives the same answers" { same_answers node; }

@test "node: the slim image keeps its configuration" { same_config node; }
