#!/usr/bin/env bats
# Where a name is looked for: RPATH, LD_LIBRARY_PATH, RUNPATH, the cache, default directories.

load common.bash

@test "RPATH and RUNPATH with \$ORIGIN find a library beside the program" {
  library /opt/app/liba.so soname=liba.so
  program /opt/app/rpath needed=liba.so 'rpath=$ORIGIN'
  program /opt/app/runpath needed=liba.so 'runpath=$ORIGIN'
  shows 0 /opt/app/rpath <<'EOF'
/opt/app/rpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/app/liba.so [rpath of /opt/app/rpath]
EOF
  shows 0 /opt/app/runpath <<'EOF'
/opt/app/runpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/app/liba.so [runpath of /opt/app/runpath]
EOF
  same_as_loader /opt/app/rpath
  same_as_loader /opt/app/runpath
}

@test "RPATH is inherited by what a dependency needs; the library alone, or a RUNPATH, does not do" {
  library /opt/libb.so soname=libb.so
  library /opt/liba.so soname=liba.so needed=libb.so
  program /bin/rpath needed=liba.so rpath=/opt
  program /bin/runpath needed=liba.so runpath=/opt
  shows 0 /bin/rpath <<'EOF'
/bin/rpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/liba.so [rpath of /bin/rpath]
    └── libb.so => /opt/libb.so [rpath of /bin/rpath]
EOF
  shows 5 /bin/runpath <<'EOF'
ocislim: 1 needed object is not in the image
/bin/runpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/liba.so [runpath of /bin/runpath]
    └── libb.so not found
          tried /lib/x86_64-linux-gnu/libb.so
          tried /usr/lib/x86_64-linux-gnu/libb.so
          tried /lib/libb.so
          tried /usr/lib/libb.so
EOF
  shows 5 /opt/liba.so <<'EOF'
ocislim: 1 needed object is not in the image
/opt/liba.so
└── libb.so not found
      tried /lib/x86_64-linux-gnu/libb.so
      tried /usr/lib/x86_64-linux-gnu/libb.so
      tried /lib/libb.so
      tried /usr/lib/libb.so
EOF
  same_as_loader /bin/rpath
  same_as_loader /bin/runpath
  same_as_loader /opt/liba.so
  image LD_LIBRARY_PATH=/opt
  shows 0 /opt/liba.so <<'EOF'
/opt/liba.so
└── libb.so => /opt/libb.so [LD_LIBRARY_PATH]
EOF
  same_as_loader /opt/liba.so LD_LIBRARY_PATH=/opt
}

@test "a dependency without soname is written as a path; a RUNPATH of another library is no help" {
  library /srv/more/libf.so soname=libf.so
  library /srv/libg.so soname=libg.so needed=libf.so runpath=/srv/more
  library /srv/libi.so
  program /bin/one needed=libf.so needed=libg.so needed=/srv/libi.so runpath=/srv
  program /bin/both needed=libf.so needed=libg.so needed=/srv/libi.so runpath=/srv:/srv/more
  program /bin/later needed=libg.so needed=libf.so needed=/srv/none.so runpath=/srv
  shows 5 /bin/one <<'EOF'
ocislim: 1 needed object is not in the image
/bin/one
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libf.so not found
│     tried /srv/libf.so
│     tried /lib/x86_64-linux-gnu/libf.so
│     tried /usr/lib/x86_64-linux-gnu/libf.so
│     tried /lib/libf.so
│     tried /usr/lib/libf.so
├── libg.so => /srv/libg.so [runpath of /bin/one]
│   └── libf.so => /srv/more/libf.so [runpath of /srv/libg.so]
└── /srv/libi.so [path]
EOF
  shows 0 /bin/both <<'EOF'
/bin/both
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libf.so => /srv/more/libf.so [runpath of /bin/both]
├── libg.so => /srv/libg.so [runpath of /bin/both]
│   └── libf.so [already loaded]
└── /srv/libi.so [path]
EOF
  shows 5 /bin/later <<'EOF'
ocislim: 2 needed objects are not in the image
/bin/later
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libg.so => /srv/libg.so [runpath of /bin/later]
│   └── libf.so => /srv/more/libf.so [runpath of /srv/libg.so]
├── libf.so not found
│     tried /srv/libf.so
│     tried /lib/x86_64-linux-gnu/libf.so
│     tried /usr/lib/x86_64-linux-gnu/libf.so
│     tried /lib/libf.so
│     tried /usr/lib/libf.so
└── /srv/none.so not found
      tried /srv/none.so
EOF
  same_as_loader /bin/one
  same_as_loader /bin/both
  same_as_loader /bin/later
}

@test "RPATH is before LD_LIBRARY_PATH, and that before RUNPATH" {
  library /env/liba.so soname=liba.so
  library /env/libb.so soname=libb.so needed=liba.so 'rpath=$ORIGIN'
  library /own/libb.so soname=libb.so
  program /bin/rpath needed=libb.so rpath=/own
  program /bin/runpath needed=libb.so runpath=/own
  shows 0 /bin/rpath <<'EOF'
/bin/rpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /own/libb.so [rpath of /bin/rpath]
EOF
  shows 0 /bin/runpath <<'EOF'
/bin/runpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /own/libb.so [runpath of /bin/runpath]
EOF
  image LD_LIBRARY_PATH=/env
  shows 0 /bin/rpath <<'EOF'
/bin/rpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /own/libb.so [rpath of /bin/rpath]
EOF
  shows 0 /bin/runpath <<'EOF'
/bin/runpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /env/libb.so [LD_LIBRARY_PATH]
    └── liba.so => /env/liba.so [rpath of /env/libb.so]
EOF
  same_as_loader /bin/rpath LD_LIBRARY_PATH=/env
  same_as_loader /bin/runpath LD_LIBRARY_PATH=/env
}

@test "of two RPATHs on the way the nearer one comes first" {
  library /opt/first/libb.so soname=libb.so
  library /opt/second/libb.so soname=libb.so
  library /opt/liba.so soname=liba.so needed=libb.so 'rpath=$ORIGIN/second'
  program /opt/app needed=liba.so 'rpath=$ORIGIN:$ORIGIN/first'
  shows 0 /opt/app <<'EOF'
/opt/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/liba.so [rpath of /opt/app]
    └── libb.so => /opt/second/libb.so [rpath of /opt/liba.so]
EOF
  shows 0 /opt/liba.so <<'EOF'
/opt/liba.so
└── libb.so => /opt/second/libb.so [rpath of /opt/liba.so]
EOF
  same_as_loader /opt/app
  same_as_loader /opt/liba.so
}

@test "an object with a RUNPATH inherits nothing, but hands its own ancestors' RPATH on" {
  library /far/libc1.so soname=libc1.so
  library /opt/libb.so soname=libb.so needed=libc1.so
  library /opt/liba.so soname=liba.so needed=libb.so runpath=/opt
  library /opt/libd.so soname=libd.so needed=libc1.so runpath=/nowhere
  program /bin/app needed=liba.so rpath=/opt:/far
  program /bin/other needed=libd.so rpath=/opt:/far
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/liba.so [rpath of /bin/app]
    └── libb.so => /opt/libb.so [runpath of /opt/liba.so]
        └── libc1.so => /far/libc1.so [rpath of /bin/app]
EOF
  shows 5 /bin/other <<'EOF'
ocislim: 1 needed object is not in the image
/bin/other
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libd.so => /opt/libd.so [rpath of /bin/other]
    └── libc1.so not found
          tried /nowhere/libc1.so
          tried /lib/x86_64-linux-gnu/libc1.so
          tried /usr/lib/x86_64-linux-gnu/libc1.so
          tried /lib/libc1.so
          tried /usr/lib/libc1.so
EOF
  same_as_loader /bin/app
  same_as_loader /bin/other
}

@test "with both tags in one object RPATH counts for nothing" {
  library /r/liba.so soname=liba.so
  library /s/liba.so soname=liba.so
  program /bin/app needed=liba.so soname=/r runpath=/s
  # The linker writes one of the two: DT_DEBUG becomes DT_RPATH, with the text of DT_SONAME.
  python3 "$BATS_TEST_DIRNAME/retag.py" "$root/bin/app" 21 15 14
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /s/liba.so [runpath of /bin/app]
EOF
  same_as_loader /bin/app
}

@test "-z nodefaultlib: neither default directories nor the cache's entries in them" {
  library /usr/lib/libc1.so soname=libc1.so
  library /opt/liba.so soname=liba.so needed=libc1.so -z nodefaultlib
  library /opt/libb.so soname=libb.so needed=libc1.so
  program /bin/direct needed=libb.so needed=libc1.so runpath=/opt -z nodefaultlib
  program /bin/both needed=liba.so needed=libb.so runpath=/opt -z nodefaultlib
  program /bin/rpath needed=libb.so rpath=/opt -z nodefaultlib
  cache
  shows 5 /bin/direct <<'EOF'
ocislim: 1 needed object is not in the image
/bin/direct
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libb.so => /opt/libb.so [runpath of /bin/direct]
│   └── libc1.so => /usr/lib/libc1.so [ld.so.cache]
└── libc1.so not found
      tried /opt/libc1.so
      tried /etc/ld.so.cache
EOF
  shows 5 /bin/both <<'EOF'
ocislim: 1 needed object is not in the image
/bin/both
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /opt/liba.so [runpath of /bin/both]
│   └── libc1.so not found
│         tried /etc/ld.so.cache
└── libb.so => /opt/libb.so [runpath of /bin/both]
    └── libc1.so => /usr/lib/libc1.so [ld.so.cache]
EOF
  shows 0 /bin/rpath <<'EOF'
/bin/rpath
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /opt/libb.so [rpath of /bin/rpath]
    └── libc1.so => /usr/lib/libc1.so [ld.so.cache]
EOF
  same_as_loader /bin/direct
  same_as_loader /bin/both
  same_as_loader /bin/rpath
}

@test "empty elements are the working directory; an empty list is none; duplicates and slashes at the end do not matter" {
  library /libroot.so soname=libroot.so
  library /opt/liba.so soname=liba.so
  program /bin/app needed=libroot.so needed=liba.so runpath=/opt//:/opt/:/opt::
  program /bin/none needed=libroot.so
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── libroot.so => /libroot.so [runpath of /bin/app]
└── liba.so => /opt/liba.so [runpath of /bin/app]
EOF
  shows 5 /bin/none <<'EOF'
ocislim: 1 needed object is not in the image
/bin/none
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libroot.so not found
      tried /lib/x86_64-linux-gnu/libroot.so
      tried /usr/lib/x86_64-linux-gnu/libroot.so
      tried /lib/libroot.so
      tried /usr/lib/libroot.so
EOF
  same_as_loader /bin/app
  same_as_loader /bin/none
  image LD_LIBRARY_PATH=
  shows 5 /bin/none <<'EOF'
ocislim: 1 needed object is not in the image
/bin/none
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libroot.so not found
      tried /lib/x86_64-linux-gnu/libroot.so
      tried /usr/lib/x86_64-linux-gnu/libroot.so
      tried /lib/libroot.so
      tried /usr/lib/libroot.so
EOF
  same_as_loader /bin/none LD_LIBRARY_PATH=
  image 'LD_LIBRARY_PATH=/nowhere;:/opt'
  shows 0 /bin/none <<'EOF'
/bin/none
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libroot.so => /libroot.so [LD_LIBRARY_PATH]
EOF
  same_as_loader /bin/none 'LD_LIBRARY_PATH=/nowhere;:/opt'
}

@test "ld.so.conf counts through the cache only, with its globs" {
  library /srv/one/lib/liba.so.1 soname=liba.so.1
  library /srv/two/lib/libb.so.1 soname=libb.so.1
  text /etc/ld.so.conf '# comment\ninclude /etc/ld.so.conf.d/*.conf\n'
  text /etc/ld.so.conf.d/a.conf '/srv/one/lib\n'
  text /etc/ld.so.conf.d/b.conf '/srv/two/lib # more\n'
  text /etc/ld.so.conf.d/c.other '/srv/three\n'
  program /bin/app needed=liba.so.1 needed=libb.so.1
  shows 5 /bin/app <<'EOF'
ocislim: 2 needed objects are not in the image
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so.1 not found
│     tried /lib/x86_64-linux-gnu/liba.so.1
│     tried /usr/lib/x86_64-linux-gnu/liba.so.1
│     tried /lib/liba.so.1
│     tried /usr/lib/liba.so.1
└── libb.so.1 not found
      tried /lib/x86_64-linux-gnu/libb.so.1
      tried /usr/lib/x86_64-linux-gnu/libb.so.1
      tried /lib/libb.so.1
      tried /usr/lib/libb.so.1
EOF
  same_as_loader /bin/app
  cache
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so.1 => /srv/one/lib/liba.so.1 [ld.so.cache]
└── libb.so.1 => /srv/two/lib/libb.so.1 [ld.so.cache]
EOF
  same_as_loader /bin/app
  rm "$root/srv/one/lib/liba.so.1"
  library /usr/lib/liba.so.1 soname=liba.so.1
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so.1 => /usr/lib/liba.so.1 [default directory]
└── libb.so.1 => /srv/two/lib/libb.so.1 [ld.so.cache]
EOF
  same_as_loader /bin/app
}

@test "LD_PRELOAD and ld.so.preload load first, and their sonames satisfy later needs" {
  library /opt/other.so soname=liba.so
  library /usr/lib/libpre.so soname=libpre.so needed=liba.so
  library /usr/lib/liba.so soname=liba.so
  program /bin/app needed=liba.so
  text /etc/ld.so.preload '# none of these: /x.so\n/usr/lib/libpre.so\n'
  image LD_PRELOAD=/opt/other.so
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── /opt/other.so [path, preload]
├── /usr/lib/libpre.so [path, preload]
│   └── liba.so [already loaded]
└── liba.so [already loaded]
EOF
  same_as_loader /bin/app LD_PRELOAD=/opt/other.so
}
