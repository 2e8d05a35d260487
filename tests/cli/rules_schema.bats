# The schema of rule documents: it takes what the program takes, and refuses what it refuses.
load common

# by_schema FILE...: prints for each document "yes" or "no".
by_schema()
{
  /usr/bin/python3 - "$tools/../../slim/rules/rule.schema.json" "$@" <<'END'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for name in sys.argv[2:]:
    errors = sorted(validator.iter_errors(json.load(open(name))), key=str)
    print("no" if errors else "yes")
    for error in errors:
        print(f"{name}: {error.json_path}: {error.message[:300]}", file=sys.stderr)
END
}

# by_program: the same by the program, for the document rules/one.json.
by_program()
{
  if "$OCISLIM" slim -q oci:source oci:out --keep strict --rules rules 2>refusal; then
    echo yes
  else
    (($? == 2)) && grep -q "rules/one.json: rule 'x'" refusal && echo no
  fi
  rm -rf out
}

@test "every rule that is built in holds to the schema" {
  mapfile -t documents < <(find "$tools/../../slim/rules" -name '*.json' ! -name rule.schema.json)
  ((${#documents[@]} > 10))
  run --separate-stderr by_schema "${documents[@]}"
  equal "$(sort -u <<<"$output")" yes
  equal "$stderr" ""
}

@test "schema and program take the same, and refuse the same" {
  simple_image oci source
  mkdir rules
  while IFS='|' read -r expected when add more; do
    printf '{"rules": [{"id": "x", "why": "w", "when": %s, "add": %s%s}]}' "$when" "$add" "$more" >rules/one.json
    equal "$(by_schema rules/one.json 2>/dev/null) $(by_program)" "$expected $expected" || { cat rules/one.json refusal; return 1; }
  done <<'END'
yes|[{"path": "/x"}]|[{"files": ["/y"]}]|
yes|[{"all": [{"env": "A=b*"}, {"rule": "x"}]}]|[{"packages": ["y"]}]|, "except": ["**/*.h"]
yes|[{"path": "/x"}]|[{"data": ["/usr/share/{own}"]}, {"package-data": ["{path}"]}]|
yes|[{"string": "/etc/*"}]|[{"literals": "trees", "within": ["/etc/**"]}]|
yes|[{"import": "f"}]|[{"names-in": ["/y"], "match": "(.)", "files": ["{1}"], "programs": ["{1}"]}]|
yes|[{"static": "glibc"}]|[{"names-in": ["/y"], "as": "nsswitch"}]|
no|[]|[{"files": ["/y"]}]|
no|[{"path": "/x"}]|[]|
no|[{"path": "/x", "env": "A"}]|[{"files": ["/y"]}]|
no|[{"pathh": "/x"}]|[{"files": ["/y"]}]|
no|[{"string": "*x"}]|[{"files": ["/y"]}]|
no|[{"all": [{"all": [{"path": "/x"}]}]}]|[{"files": ["/y"]}]|
no|[{"path": "/x"}]|[{"files": "/y"}]|
no|[{"path": "/x"}]|[{"files": []}]|
no|[{"path": "/x"}]|[{"files": ["/y"], "libraries": ["z"]}]|
no|[{"path": "/x"}]|[{"names-in": ["/y"]}]|
no|[{"path": "/x"}]|[{"names-in": ["/y"], "match": "no group", "files": ["{1}"]}]|
no|[{"path": "/x"}]|[{"names-in": ["/y"], "as": "hosts"}]|
no|[{"path": "/x"}]|[{"literals": "all"}]|
no|[{"path": "/x"}]|[{"package-data": "/y"}]|
no|[{"path": "/x"}]|[{"files": ["/y"]}]|, "excep": ["/z"]
END
}
