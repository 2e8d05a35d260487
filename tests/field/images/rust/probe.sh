# What a search program in Rust is asked: encodings, expressions with look-ahead, its list of types, and a folder.
# shellcheck shell=bash

probe_rust()
{
  local notes=(--volume "$field_dir/images/rust/notes:/srv/notes:ro")
  probe_run "$1" "${notes[@]}" -- --encoding shift_jis 漢字 kanji.txt || return 1
  probe_run "$1" "${notes[@]}" -- --pcre2 'wor(?=d one)' words.txt || return 1
  probe_run "$1" -- --type-list | head -n 3
  probe_run "$1" "${notes[@]}" -- --ignore-case --sort path w.r . || return 1
}
