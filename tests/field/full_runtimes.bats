#!/usr/bin/env bats
# A small application for each runtime, with a second route that loads what the first one did not need: without one option, the answers of the original.

setup() { load same.sh; }

@test "java: the slim image gives the same answers" { same_answers java; }

@test "java: the slim image keeps its configuration" { same_config java; }

@test "node: the slim image gives the same answers" { same_answers node; }

@test "node: the slim image keeps its configuration" { same_config node; }

@test "ruby: the slim image gives the same answers" { same_answers ruby; }

@test "ruby: the slim image keeps its configuration" { same_config ruby; }

@test "perl: the slim image gives the same answers" { same_answers perl; }

@test "perl: the slim image keeps its configuration" { same_config perl; }

@test "php: the slim image gives the same answers" { same_answers php; }

@test "php: the slim image keeps its configuration" { same_config php; }

@test "lua: the slim image gives the same answers" { same_answers lua; }

@test "lua: the slim image keeps its configuration" { same_config lua; }

@test "erlang: the slim image gives the same answers" { same_answers erlang; }

@test "erlang: the slim image keeps its configuration" { same_config erlang; }

@test "elixir: the slim image gives the same answers" { same_answers elixir; }

@test "elixir: the slim image keeps its configuration" { same_config elixir; }

@test "rust: the slim image gives the same answers" { same_answers rust; }

@test "rust: the slim image keeps its configuration" { same_config rust; }

@test "go: the slim image gives the same answers" { same_answers go; }

@test "go: the slim image keeps its configuration" { same_config go; }
