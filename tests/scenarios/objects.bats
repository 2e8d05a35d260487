#!/usr/bin/env bats
# What stands where a library should: another machine, another version, no ELF; and graphs of every form.

load common.bash

@test "32 and 64 bits: each program passes the other's libraries over" {
  mkdir "$root/lib"
  cp --dereference "$ld32" "$root$ld32"
  library /lib64/libx.so soname=libx.so
  library /lib32/libx.so soname=libx.so class=32
  program /bin/wide needed=libx.so runpath=/lib32:/lib64
  program /bin/narrow class=32 needed=libx.so runpath=/lib64:/lib32
  shows 0 /bin/wide <<'EOF'
/bin/wide
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libx.so => /lib64/libx.so [runpath of /bin/wide]
EOF
  shows 0 /bin/narrow <<'EOF'
/bin/narrow
├── /lib/ld-linux.so.2 [interpreter, interpreter]
└── libx.so => /lib32/libx.so [runpath of /bin/narrow]
EOF
  same_as_loader /bin/wide
  # Not every kernel runs programs of 32 bits.
  if "$ld32" --help >/dev/null 2>&1; then
    same_as_loader /bin/narrow
  fi
}

@test "only the other class is there: missing" {
  library /opt/libx.so soname=libx.so class=32
  program /bin/app needed=libx.so runpath=/opt
  shows 5 /bin/app <<'EOF'
ocislim: 1 needed object is not in the image
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libx.so not found
      tried /opt/libx.so
      tried /lib/x86_64-linux-gnu/libx.so
      tried /usr/lib/x86_64-linux-gnu/libx.so
      tried /lib/libx.so
      tried /usr/lib/libx.so
EOF
  same_as_loader /bin/app
}

@test "symbol versions do not choose the file" {
  printf '%s\n' 'V1 { start; };' >"$BATS_TEST_TMPDIR/v1.map"
  printf '%s\n' 'V1 { start; };' 'V2 { } V1;' >"$BATS_TEST_TMPDIR/v2.map"
  library /v1/libx.so soname=libx.so "--version-script=$BATS_TEST_TMPDIR/v1.map"
  library /v2/libx.so soname=libx.so "--version-script=$BATS_TEST_TMPDIR/v2.map"
  program /bin/one needed=libx.so runpath=/v2:/v1
  program /bin/two needed=libx.so runpath=/v1:/v2
  shows 0 /bin/one <<'EOF'
/bin/one
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libx.so => /v2/libx.so [runpath of /bin/one]
EOF
  shows 0 /bin/two <<'EOF'
/bin/two
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libx.so => /v1/libx.so [runpath of /bin/two]
EOF
  same_as_loader /bin/one
  same_as_loader /bin/two
}

@test "another machine is passed over, what is no library stops the loader" {
  library /arm/liba.so soname=liba.so
  printf '\267' | dd of="$root/arm/liba.so" bs=1 seek=18 conv=notrunc status=none
  text /script/libb.so "$(printf "/* %060d */" 0)\nINPUT(libb.so.1)\n"
  library /good/liba.so soname=liba.so
  library /good/libb.so soname=libb.so
  program /bin/machine needed=liba.so runpath=/arm:/good
  program /bin/script needed=libb.so runpath=/script:/good
  shows 0 /bin/machine <<'EOF'
/bin/machine
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /good/liba.so [runpath of /bin/machine]
EOF
  shows 0 /bin/script <<'EOF'
/bin/script
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libb.so => /script/libb.so [runpath of /bin/script] (a loader stops here: invalid ELF header)
└── libb.so => /good/libb.so [runpath of /bin/script]
EOF
  same_as_loader /bin/machine
  run -127 chroot "$root" "$ld64" --list /bin/script
  [[ $output == *"/script/libb.so: invalid ELF header"* ]]
}

@test "a folder or an empty file of the library's name" {
  mkdir -p "$root/folder/liba.so"
  text /empty/liba.so ''
  library /good/liba.so soname=liba.so
  program /bin/folder needed=liba.so runpath=/folder:/good
  program /bin/empty needed=liba.so runpath=/empty:/good
  shows 0 /bin/folder <<'EOF'
/bin/folder
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /folder/liba.so [runpath of /bin/folder] (a loader stops here: cannot read file data: is a directory)
└── liba.so => /good/liba.so [runpath of /bin/folder]
EOF
  shows 0 /bin/empty <<'EOF'
/bin/empty
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /empty/liba.so [runpath of /bin/empty] (a loader stops here: file too short)
└── liba.so => /good/liba.so [runpath of /bin/empty]
EOF
}

@test "an input that is no program" {
  text /etc/text 'text\n'
  text /etc/empty ''
  mkdir "$root/folder"
  shows 3 /etc/text <<'EOF'
ocislim: /etc/text: '/etc/text': not an ELF file
EOF
  shows 3 /etc/empty <<'EOF'
ocislim: /etc/empty: '/etc/empty': not an ELF file
EOF
  shows 5 /folder <<'EOF'
ocislim: '/folder' is not in the image, or is no file
EOF
  shows 5 /none <<'EOF'
ocislim: '/none' is not in the image, or is no file
EOF
}

@test "static programs, with and without a dynamic section" {
  object "-static -e start" /bin/static
  object "-static -pie --no-dynamic-linker -e start" /bin/pie
  shows 0 /bin/static <<'EOF'
/bin/static
EOF
  shows 0 /bin/pie <<'EOF'
/bin/pie
EOF
}

@test "the interpreter is not there" {
  rm "$root$ld64"
  library /usr/lib/liba.so soname=liba.so
  program /bin/app needed=liba.so
  shows 5 /bin/app <<'EOF'
ocislim: 1 needed object is not in the image
/bin/app
├── /lib64/ld-linux-x86-64.so.2 not found
│     tried /lib64/ld-linux-x86-64.so.2
└── liba.so => /usr/lib/liba.so [default directory]
EOF
}

@test "objects that need each other, and themselves" {
  library /usr/lib/liba.so soname=liba.so needed=libb.so needed=liba.so
  library /usr/lib/libb.so soname=libb.so needed=liba.so needed=libc1.so
  library /usr/lib/libc1.so soname=libc1.so needed=libb.so
  program /bin/app needed=liba.so needed=libc1.so
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /usr/lib/liba.so [default directory]
│   ├── libb.so => /usr/lib/libb.so [default directory]
│   │   ├── liba.so [already loaded]
│   │   └── libc1.so [already loaded]
│   └── liba.so [already loaded]
└── libc1.so => /usr/lib/libc1.so [default directory]
    └── libb.so [already loaded]
EOF
  same_as_loader /bin/app
}

@test "the same name twice in one object" {
  library /usr/lib/liba.so soname=liba.so
  program /bin/app needed=liba.so "$(stub liba.so 64)"
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /usr/lib/liba.so [default directory]
EOF
  same_as_loader /bin/app
}

@test "breadth first: who needs a library first decides where it comes from" {
  library /a/liba.so soname=liba.so needed=libx.so rpath=/a
  library /a/libx.so soname=libx.so needed=libdeep.so
  library /b/libb.so soname=libb.so needed=libx.so rpath=/b
  library /b/libx.so soname=libx.so
  library /a/libdeep.so soname=libdeep.so
  program /bin/ab needed=liba.so needed=libb.so rpath=/a:/b
  program /bin/ba needed=libb.so needed=liba.so rpath=/b:/a
  shows 0 /bin/ab <<'EOF'
/bin/ab
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /a/liba.so [rpath of /bin/ab]
│   └── libx.so => /a/libx.so [rpath of /a/liba.so]
│       └── libdeep.so => /a/libdeep.so [rpath of /a/liba.so]
└── libb.so => /b/libb.so [rpath of /bin/ab]
    └── libx.so [already loaded]
EOF
  shows 0 /bin/ba <<'EOF'
/bin/ba
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libb.so => /b/libb.so [rpath of /bin/ba]
│   └── libx.so => /b/libx.so [rpath of /b/libb.so]
└── liba.so => /a/liba.so [rpath of /bin/ba]
    └── libx.so [already loaded]
EOF
  shows_json 0 /bin/ba <<'EOF'
{
  "programs": [
    {
      "files": [],
      "missing": 0,
      "objects": [
        {
          "edges": [
            {
              "found": "interpreter",
              "kind": "interpreter",
              "missing": false,
              "name": "/lib64/ld-linux-x86-64.so.2",
              "opened": "/lib64/ld-linux-x86-64.so.2",
              "optional": false,
              "origin": null,
              "target": "/lib64/ld-linux-x86-64.so.2",
              "variant": false
            },
            {
              "found": "rpath",
              "kind": "needed",
              "missing": false,
              "name": "libb.so",
              "opened": "/b/libb.so",
              "optional": false,
              "origin": "/bin/ba",
              "target": "/b/libb.so",
              "variant": false
            },
            {
              "found": "rpath",
              "kind": "needed",
              "missing": false,
              "name": "liba.so",
              "opened": "/a/liba.so",
              "optional": false,
              "origin": "/bin/ba",
              "target": "/a/liba.so",
              "variant": false
            }
          ],
          "path": "/bin/ba",
          "problem": null,
          "real": "/bin/ba",
          "soname": null
        },
        {
          "edges": [],
          "path": "/lib64/ld-linux-x86-64.so.2",
          "problem": null,
          "real": "/lib64/ld-linux-x86-64.so.2",
          "soname": "ld-linux-x86-64.so.2"
        },
        {
          "edges": [
            {
              "found": "rpath",
              "kind": "needed",
              "missing": false,
              "name": "libx.so",
              "opened": "/b/libx.so",
              "optional": false,
              "origin": "/b/libb.so",
              "target": "/b/libx.so",
              "variant": false
            }
          ],
          "path": "/b/libb.so",
          "problem": null,
          "real": "/b/libb.so",
          "soname": "libb.so"
        },
        {
          "edges": [
            {
              "found": "already loaded",
              "kind": "needed",
              "missing": false,
              "name": "libx.so",
              "opened": null,
              "optional": false,
              "origin": null,
              "target": "/b/libx.so",
              "variant": false
            }
          ],
          "path": "/a/liba.so",
          "problem": null,
          "real": "/a/liba.so",
          "soname": "liba.so"
        },
        {
          "edges": [],
          "path": "/b/libx.so",
          "problem": null,
          "real": "/b/libx.so",
          "soname": "libx.so"
        }
      ],
      "path": "/bin/ba",
      "warnings": []
    }
  ]
}
EOF
  same_as_loader /bin/ab
  same_as_loader /bin/ba
}

@test "a chain of 100 libraries" {
  local i
  for ((i = 0; i < 100; i++)); do
    library "/usr/lib/l$i.so" "soname=l$i.so" "needed=l$((i + 1)).so"
  done
  library /usr/lib/l100.so soname=l100.so
  program /bin/app needed=l0.so
  {
    echo /bin/app
    echo "├── $ld64 [interpreter, interpreter]"
    for ((i = 0; i <= 100; i++)); do
      printf '%*s└── l%d.so => /usr/lib/l%d.so [default directory]\n' $((4 * i)) '' "$i" "$i"
    done
  } >"$BATS_TEST_TMPDIR/expected"
  shows 0 /bin/app <"$BATS_TEST_TMPDIR/expected"
  same_as_loader /bin/app
}

@test "what is missing says where it was looked for" {
  library /opt/liba.so soname=liba.so needed=libnone.so rpath=/opt
  program /bin/app needed=liba.so needed=/opt/none.so rpath=/srv:/opt
  shows 5 /bin/app <<'EOF'
ocislim: 2 needed objects are not in the image
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /opt/liba.so [rpath of /bin/app]
│   └── libnone.so not found
│         tried /opt/libnone.so
│         tried /srv/libnone.so
│         tried /opt/libnone.so
│         tried /lib/x86_64-linux-gnu/libnone.so
│         tried /usr/lib/x86_64-linux-gnu/libnone.so
│         tried /lib/libnone.so
│         tried /usr/lib/libnone.so
└── /opt/none.so not found
      tried /opt/none.so
EOF
  shows_json 5 /bin/app <<'EOF'
{
  "programs": [
    {
      "files": [],
      "missing": 2,
      "objects": [
        {
          "edges": [
            {
              "found": "interpreter",
              "kind": "interpreter",
              "missing": false,
              "name": "/lib64/ld-linux-x86-64.so.2",
              "opened": "/lib64/ld-linux-x86-64.so.2",
              "optional": false,
              "origin": null,
              "target": "/lib64/ld-linux-x86-64.so.2",
              "variant": false
            },
            {
              "found": "rpath",
              "kind": "needed",
              "missing": false,
              "name": "liba.so",
              "opened": "/opt/liba.so",
              "optional": false,
              "origin": "/bin/app",
              "target": "/opt/liba.so",
              "variant": false
            },
            {
              "kind": "needed",
              "missing": true,
              "name": "/opt/none.so",
              "optional": false,
              "tried": [
                "/opt/none.so"
              ],
              "variant": false
            }
          ],
          "path": "/bin/app",
          "problem": null,
          "real": "/bin/app",
          "soname": null
        },
        {
          "edges": [],
          "path": "/lib64/ld-linux-x86-64.so.2",
          "problem": null,
          "real": "/lib64/ld-linux-x86-64.so.2",
          "soname": "ld-linux-x86-64.so.2"
        },
        {
          "edges": [
            {
              "kind": "needed",
              "missing": true,
              "name": "libnone.so",
              "optional": false,
              "tried": [
                "/opt/libnone.so",
                "/srv/libnone.so",
                "/opt/libnone.so",
                "/lib/x86_64-linux-gnu/libnone.so",
                "/usr/lib/x86_64-linux-gnu/libnone.so",
                "/lib/libnone.so",
                "/usr/lib/libnone.so"
              ],
              "variant": false
            }
          ],
          "path": "/opt/liba.so",
          "problem": null,
          "real": "/opt/liba.so",
          "soname": "liba.so"
        }
      ],
      "path": "/bin/app",
      "warnings": []
    }
  ]
}
EOF
  same_as_loader /bin/app
}
