#!/usr/bin/env bats
# What a name means: tokens, paths, links, sonames.

load common.bash

@test "\$ORIGIN of a library is the folder of the link by which it was opened" {
  library /opt/a/libf.so soname=libf.so
  library /opt/a/libg.so soname=libg.so needed=libf.so 'runpath=${ORIGIN}'
  symlink /opt/b/libg.so ../a/libg.so
  program /opt/app needed=libg.so 'runpath=${ORIGIN}/b'
  shows 5 /opt/app <<'EOF'
ocislim: 1 needed object is not in the image
/opt/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libg.so => /opt/b/libg.so [runpath of /opt/app]
    └── libf.so not found
          tried /opt/b/libf.so
          tried /lib/x86_64-linux-gnu/libf.so
          tried /usr/lib/x86_64-linux-gnu/libf.so
          tried /lib/libf.so
          tried /usr/lib/libf.so
EOF
  same_as_loader /opt/app
  image LD_LIBRARY_PATH=/opt/a
  shows 0 /opt/app <<'EOF'
/opt/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libg.so => /opt/a/libg.so [LD_LIBRARY_PATH]
    └── libf.so => /opt/a/libf.so [LD_LIBRARY_PATH]
EOF
  same_as_loader /opt/app LD_LIBRARY_PATH=/opt/a
}

@test "\$ORIGIN of a program is the folder of the file itself" {
  library /opt/real/liba.so soname=liba.so
  program /opt/real/app needed=liba.so 'runpath=$ORIGIN'
  symlink /bin/app ../opt/real/app
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/real/liba.so [runpath of /bin/app]
EOF
  same_as_loader /opt/real/app
}

@test "\$ORIGIN in braces, in the middle, and when it is none" {
  library /opt/lib/liba.so soname=liba.so
  library '/opt/$ORIGINAL/libb.so' soname=libb.so
  program /opt/bin/app needed=liba.so 'runpath=${ORIGIN}/../lib'
  program /opt/bin/literal needed=libb.so 'runpath=/opt/$ORIGINAL'
  shows 0 /opt/bin/app <<'EOF'
/opt/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/bin/../lib/liba.so [runpath of /opt/bin/app]
EOF
  shows 0 /opt/bin/literal <<'EOF'
/opt/bin/literal
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── libb.so => /opt/$ORIGINAL/libb.so [runpath of /opt/bin/literal]
EOF
  same_as_loader /opt/bin/app
  same_as_loader /opt/bin/literal
}

@test "\$LIB is what the loader was built with" {
  library /opt/lib/x86_64-linux-gnu/liba.so soname=liba.so
  library /opt/lib64/liba.so soname=liba.so
  program /bin/app needed=liba.so 'runpath=/opt/$LIB'
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /opt/lib/x86_64-linux-gnu/liba.so [runpath of /bin/app]
EOF
  same_as_loader /bin/app
}

@test "\$PLATFORM depends on the processor: each that is there is an alternative" {
  library /opt/x86_64/liba.so soname=liba.so
  library /opt/haswell/liba.so soname=liba.so needed=libb.so
  library /opt/sparc/liba.so soname=liba.so
  library /usr/lib/liba.so soname=liba.so
  library /usr/lib/libb.so soname=libb.so
  program /bin/app needed=liba.so 'runpath=/opt/$PLATFORM'
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /opt/haswell/liba.so [runpath of /bin/app, variant]
│   └── libb.so => /usr/lib/libb.so [default directory]
└── liba.so => /opt/x86_64/liba.so [runpath of /bin/app]
EOF
}

@test "a name with a slash is opened as it is" {
  library /opt/liba.so soname=other.so
  library /lib/libb.so soname=libb.so
  program /opt/app needed=/opt/liba.so 'needed=$ORIGIN/liba.so' needed=other.so needed=lib/libb.so needed=libb.so
  shows 0 /opt/app <<'EOF'
/opt/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── /opt/liba.so [path]
├── $ORIGIN/liba.so [already loaded]
├── other.so [already loaded]
├── lib/libb.so => /lib/libb.so [path]
└── libb.so [already loaded]
EOF
  same_as_loader /opt/app
}

@test "the file's name is what is looked for, and its soname then satisfies the next" {
  library /usr/lib/file.so soname=soname.so
  program /bin/app needed=file.so needed=soname.so
  program /bin/other needed=soname.so needed=file.so
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── file.so => /usr/lib/file.so [default directory]
└── soname.so [already loaded]
EOF
  shows 5 /bin/other <<'EOF'
ocislim: 1 needed object is not in the image
/bin/other
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── soname.so not found
│     tried /lib/x86_64-linux-gnu/soname.so
│     tried /usr/lib/x86_64-linux-gnu/soname.so
│     tried /lib/soname.so
│     tried /usr/lib/soname.so
└── file.so => /usr/lib/file.so [default directory]
EOF
  same_as_loader /bin/app
  same_as_loader /bin/other
}

@test "two names of one file are one object" {
  library /usr/lib/liba.so.1.2 soname=liba.so.1
  symlink /usr/lib/liba.so.1 liba.so.1.2
  symlink /usr/lib/liba.so liba.so.1
  ln "$root/usr/lib/liba.so.1.2" "$root/usr/lib/hard.so"
  program /bin/app needed=liba.so needed=liba.so.1 needed=liba.so.1.2 needed=hard.so
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
├── liba.so => /usr/lib/liba.so [default directory]
├── liba.so.1 [already loaded]
├── liba.so.1.2 => /usr/lib/liba.so.1.2 [already loaded]
└── hard.so => /usr/lib/hard.so [already loaded]
EOF
  same_as_loader /bin/app
}

@test "an RPATH through links to folders, one of them absolute" {
  library /real/lib/liba.so soname=liba.so
  symlink /opt/lib /real/lib
  symlink /srv ../opt
  program /bin/app needed=liba.so rpath=/srv/lib
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /srv/lib/liba.so [rpath of /bin/app]
EOF
  same_as_loader /bin/app
}

@test "links that lead nowhere, and a folder that is a link to itself, are not there" {
  symlink /b/liba.so /b/none
  symlink /loop /loop
  library /d/liba.so soname=liba.so
  program /bin/app needed=liba.so rpath=/b:/loop:/d
  shows 0 /bin/app <<'EOF'
/bin/app
├── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
└── liba.so => /d/liba.so [rpath of /bin/app]
EOF
  same_as_loader /bin/app
}

@test "a name that dlopen() would get is not followed" {
  library /usr/lib/libplugin.so soname=libplugin.so
  printf '%s\n' '.section .rodata' '.asciz "libplugin.so"' | as -o "$BATS_TEST_TMPDIR/text.o" -
  program /bin/app "$BATS_TEST_TMPDIR/text.o"
  shows 0 /bin/app <<'EOF'
/bin/app
└── /lib64/ld-linux-x86-64.so.2 [interpreter, interpreter]
EOF
  same_as_loader /bin/app
}
