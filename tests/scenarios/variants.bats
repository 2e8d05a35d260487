#!/usr/bin/env bats
# Objects that stand in for others: for certain processors, and filters.

load common.bash

@test "glibc-hwcaps: every level is an alternative, with its own needs" {
  library /opt/liba.so soname=liba.so
  library /opt/glibc-hwcaps/x86-64-v2/liba.so soname=liba.so needed=libtwo.so
  library /opt/glibc-hwcaps/x86-64-v3/liba.so soname=liba.so needed=libthree.so
  library /usr/lib/libtwo.so soname=libtwo.so
  library /usr/lib/libthree.so soname=libthree.so
  program /bin/app needed=liba.so runpath=/opt
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /opt/glibc-hwcaps/x86-64-v3/liba.so [runpath of /bin/app, variant]
│   └── libthree.so => /usr/lib/libthree.so [default directory]
├── liba.so => /opt/glibc-hwcaps/x86-64-v2/liba.so [runpath of /bin/app, variant]
│   └── libtwo.so => /usr/lib/libtwo.so [default directory]
└── liba.so => /opt/liba.so [runpath of /bin/app]
EOF
  shows_json 0 /bin/app <<'EOF'
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
              "found": "runpath",
              "kind": "needed",
              "missing": false,
              "name": "liba.so",
              "opened": "/opt/glibc-hwcaps/x86-64-v3/liba.so",
              "optional": false,
              "origin": "/bin/app",
              "target": "/opt/glibc-hwcaps/x86-64-v3/liba.so",
              "variant": true
            },
            {
              "found": "runpath",
              "kind": "needed",
              "missing": false,
              "name": "liba.so",
              "opened": "/opt/glibc-hwcaps/x86-64-v2/liba.so",
              "optional": false,
              "origin": "/bin/app",
              "target": "/opt/glibc-hwcaps/x86-64-v2/liba.so",
              "variant": true
            },
            {
              "found": "runpath",
              "kind": "needed",
              "missing": false,
              "name": "liba.so",
              "opened": "/opt/liba.so",
              "optional": false,
              "origin": "/bin/app",
              "target": "/opt/liba.so",
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
              "found": "default directory",
              "kind": "needed",
              "missing": false,
              "name": "libthree.so",
              "opened": "/usr/lib/libthree.so",
              "optional": false,
              "origin": null,
              "target": "/usr/lib/libthree.so",
              "variant": false
            }
          ],
          "path": "/opt/glibc-hwcaps/x86-64-v3/liba.so",
          "problem": null,
          "real": "/opt/glibc-hwcaps/x86-64-v3/liba.so",
          "soname": "liba.so"
        },
        {
          "edges": [
            {
              "found": "default directory",
              "kind": "needed",
              "missing": false,
              "name": "libtwo.so",
              "opened": "/usr/lib/libtwo.so",
              "optional": false,
              "origin": null,
              "target": "/usr/lib/libtwo.so",
              "variant": false
            }
          ],
          "path": "/opt/glibc-hwcaps/x86-64-v2/liba.so",
          "problem": null,
          "real": "/opt/glibc-hwcaps/x86-64-v2/liba.so",
          "soname": "liba.so"
        },
        {
          "edges": [],
          "path": "/opt/liba.so",
          "problem": null,
          "real": "/opt/liba.so",
          "soname": "liba.so"
        },
        {
          "edges": [],
          "path": "/usr/lib/libthree.so",
          "problem": null,
          "real": "/usr/lib/libthree.so",
          "soname": "libthree.so"
        },
        {
          "edges": [],
          "path": "/usr/lib/libtwo.so",
          "problem": null,
          "real": "/usr/lib/libtwo.so",
          "soname": "libtwo.so"
        }
      ],
      "path": "/bin/app",
      "warnings": []
    }
  ]
}
EOF
}

@test "glibc-hwcaps in default directories, by the cache and without it" {
  library /usr/lib/libz.so.1 soname=libz.so.1
  library /usr/lib/glibc-hwcaps/x86-64-v2/libz.so.1 soname=libz.so.1
  program /bin/app needed=libz.so.1
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libz.so.1 => /usr/lib/glibc-hwcaps/x86-64-v2/libz.so.1 [default directory, variant]
└── libz.so.1 => /usr/lib/libz.so.1 [default directory]
EOF
  cache
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libz.so.1 => /usr/lib/glibc-hwcaps/x86-64-v2/libz.so.1 [ld.so.cache, variant]
└── libz.so.1 => /usr/lib/libz.so.1 [ld.so.cache]
EOF
}

@test "glibc-hwcaps: the loader's own choice is among the alternatives" {
  library /opt/glibc-hwcaps/x86-64-v2/liba.so soname=liba.so needed=libtwo.so
  library /opt/liba.so soname=liba.so
  library /usr/lib/libtwo.so soname=libtwo.so
  program /bin/app needed=liba.so runpath=/opt
  local chosen
  run chroot "$root" "$ld64" --list /bin/app
  chosen=$(sed -n 's/.*liba.so => \([^ ]*\) .*/\1/p' <<<"$output")
  [[ $chosen == /opt/glibc-hwcaps/x86-64-v2/liba.so || $chosen == /opt/liba.so ]]
  run "$OCISLIM" deps "rootfs:$root" /bin/app
  [[ $output == *"liba.so => $chosen ["* ]]
}

@test "DT_AUXILIARY: loaded in front when it is there, passed over when it is not" {
  library /usr/lib/libaux.so soname=libaux.so needed=libneeded.so
  library /usr/lib/libneeded.so soname=libneeded.so
  library /usr/lib/liba.so soname=liba.so --auxiliary=libaux.so
  library /usr/lib/libb.so soname=libb.so --auxiliary=libnone.so
  program /bin/with needed=liba.so
  program /bin/without needed=libb.so
  shows 0 /bin/with <<'EOF'
/bin/with
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /usr/lib/liba.so [default directory]
    └── libaux.so => /usr/lib/libaux.so [default directory, auxiliary]
        └── libneeded.so => /usr/lib/libneeded.so [default directory]
EOF
  shows 0 /bin/without <<'EOF'
/bin/without
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /usr/lib/libb.so [default directory]
    └── libnone.so not found (optional)
          tried /lib/x86_64-linux-gnu/libnone.so
          tried /usr/lib/x86_64-linux-gnu/libnone.so
          tried /lib/libnone.so
          tried /usr/lib/libnone.so
EOF
  same_as_loader /bin/with
  same_as_loader /bin/without
}

@test "DT_FILTER: loaded in front, and the program does not start without it" {
  library /opt/libreal.so soname=libreal.so
  library /opt/liba.so soname=liba.so --filter=libreal.so runpath=/opt
  library /opt/libb.so soname=libb.so --filter=libnone.so runpath=/opt
  program /bin/with needed=liba.so runpath=/opt
  program /bin/without needed=libb.so runpath=/opt
  shows 0 /bin/with <<'EOF'
/bin/with
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/liba.so [runpath of /bin/with]
    └── libreal.so => /opt/libreal.so [runpath of /opt/liba.so, filter]
EOF
  shows 5 /bin/without <<'EOF'
ocislim: 1 needed object is not in the image
/bin/without
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /opt/libb.so [runpath of /bin/without]
    └── libnone.so not found
          tried /opt/libnone.so
          tried /lib/x86_64-linux-gnu/libnone.so
          tried /usr/lib/x86_64-linux-gnu/libnone.so
          tried /lib/libnone.so
          tried /usr/lib/libnone.so
EOF
  same_as_loader /bin/with
  run -127 chroot "$root" "$ld64" --list /bin/without
  [[ $output == *"libnone.so: cannot open shared object file"* || $output == *"libnone.so => not found"* ]]
}
