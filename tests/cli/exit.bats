# Each documented exit code by a real case; on failure nothing is written.
load common

@test "0: done" {
  simple_image oci source </dev/null
  with_status 0 "$OCISLIM" slim oci:source oci:dest
  equal "$(show paths dest)" $'./\napp' || equal "$(show paths dest)" "app"
}

@test "1: the host fails" {
  simple_image oci source </dev/null
  with_status 1 "$OCISLIM" slim oci:nowhere oci:dest
  stderr_has "'nowhere'"
  with_status 1 "$OCISLIM" slim oci:source oci-archive:no/such/folder/x.tar
  with_status 1 "$OCISLIM" slim --report no/such/folder/x.json oci:source oci-archive:dest.tar
  with_status 1 "$OCISLIM" slim --include-from nowhere oci:source oci:dest
  stderr_has "--include-from"
  equal "$(names)" "source "
}

@test "1: standard output is closed" {
  simple_image oci source </dev/null
  run bash -c '"$OCISLIM" slim -q oci:source - | true; exit ${PIPESTATUS[0]}'
  ((status == 0 || status == 1))
  run bash -c '"$OCISLIM" slim -q oci:source - >/dev/full'
  ((status == 1))
  [[ $output == *"No space left"* ]]
}

@test "2: the command line" {
  with_status 2 "$OCISLIM" slim --nope oci:source oci:dest
}

@test "3: the image is invalid" {
  echo 'break config-json' | simple_image oci source
  with_status 3 "$OCISLIM" slim oci:source oci:dest
  equal "$(names)" "source "
}

@test "4: a gate says no" {
  simple_image oci source </dev/null
  with_status 4 "$OCISLIM" slim --max-size 1kB oci:source oci:dest
  stderr_has "more than --max-size 1.00 kB"
  stderr_has "hint: "
  equal "$(names)" "source "
  with_status 0 "$OCISLIM" slim --max-size 10MB oci:source oci:dest
}

@test "4: the report is written all the same" {
  simple_image oci source </dev/null
  with_status 4 "$OCISLIM" slim --max-size 1kB --report report.json oci:source oci:dest
  equal "$(jq -r '.result | has("digest")' report.json)" false
  equal "$(jq -r '.kept[-1].path' report.json)" /app
  equal "$(names)" "report.json source "
}

@test "5: the entrypoint is not in the image" {
  printf 'entrypoint /nope\nlayer gzip\nfile /x 644 x\n' | image oci source
  with_status 5 "$OCISLIM" slim oci:source oci:dest
  stderr_has "'/nope'"
  stderr_has "hint: "
  equal "$(names)" "source "
  with_status 0 "$OCISLIM" slim --allow-missing --include /x oci:source oci:dest
  stderr_has "warning: '/nope'"
}

@test "5: a library of the entrypoint is not in the image, and where it was looked for" {
  printf 'entrypoint /app\nlayer gzip\ncopy /app %s\n' "$dynamic" | image oci source
  with_status 5 "$OCISLIM" slim oci:source oci:dest
  stderr_has "needed by /app"
  equal "$(names)" "source "
}

@test "5: an included path is not in the image" {
  simple_image oci source </dev/null
  with_status 5 "$OCISLIM" slim --include /etc/passwd oci:source oci:dest
  stderr_has "--include names '/etc/passwd', which is not in the image"
  with_status 0 "$OCISLIM" slim --include '/etc/*' oci:source oci:dest
  stderr_has "warning: --include: nothing in the image matches '/etc/*'"
}

@test "5: deps names what is missing" {
  printf 'entrypoint /app\nlayer gzip\ncopy /app %s\n' "$dynamic" | image oci source
  with_status 5 "$OCISLIM" deps oci:source
  [[ $output == /app* && $output == *"not found"* ]]
  stderr_has "not in the image"
  with_status 5 "$OCISLIM" deps oci:source /other
  stderr_has "'/other'"
}

@test "2: an image without a command" {
  printf 'layer gzip\nfile /x 644 x\n' | image oci source
  with_status 2 "$OCISLIM" slim oci:source oci:dest
  stderr_has "hint: name a program with --entrypoint"
  with_status 0 "$OCISLIM" slim --include /x oci:source oci:dest
  with_status 2 "$OCISLIM" deps oci:source
}

# prompt ENTRYPOINT CMD DEST: an image of a shell, an interpreter, an init and a script that becomes its command, with words for this command.
prompt()
{
  rm -rf "$3"
  {
    [[ -z $1 ]] || printf 'entrypoint %s\n' "$1"
    [[ -z $2 ]] || printf 'cmd %s\n' "$2"
    printf 'env PATH=/bin\nlayer gzip\ndir /bin\n'
    printf "copy /bin/%s $static\n" bash sh python3.11 tini app
    printf '%s\n' 'link /bin/python3 python3.11' 'file /start 755 "#!/bin/sh\nexec \"$@\"\n"' 'file /main.py 644 x'
  } | image oci "$3"
}

@test "2: a base image, whose command only opens a prompt" {
  while IFS='|' read -r entrypoint command word; do
    prompt "$entrypoint" "$command" source
    with_status 2 "$OCISLIM" slim oci:source oci:dest
    equal "$stderr" "ocislim: the image's command is '$word' with nothing to run, as a base image has it: next to nothing would be left
hint: name the program with --entrypoint PATH, or files with --include GLOB; --entrypoint '$word' keeps just that"
    equal "$(names)" "source "
  done <<'END'
|bash|bash
|/bin/sh|/bin/sh
|bash -l -i|bash
|python3|python3
|python3.11 -q|python3.11
/bin/sh||/bin/sh
/start|python3|python3
tini --|bash|bash
END
}

@test "0: a shell or an interpreter that has something to run, or is asked for by name" {
  while IFS='|' read -r entrypoint command; do
    prompt "$entrypoint" "$command" source
    rm -rf dest
    with_status 0 "$OCISLIM" slim -q oci:source oci:dest
  done <<'END'
|python3 main.py
|sh -c app
/start|app
app|bash
sh -c app|bash
END
  prompt '' bash source
  for declared in '--entrypoint bash' '--exec app' '--include /main.py'; do
    rm -rf dest
    # shellcheck disable=SC2086 # option and value
    with_status 0 "$OCISLIM" slim -q $declared oci:source oci:dest
  done
}
