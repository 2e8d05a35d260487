/* What is usual on a machine. */
#include "elfdeps/machine.h"

#include <elf.h>

typedef struct
{
  guint16 machine;
  guint8 class;
  guint8 data;
  guint32 mask; /* of e_flags */
  guint32 flags;
  const char *triplet;
  const char *glibc;
  const char *musl;
} Machine;

static const Machine machines[] = {
    {EM_X86_64, ELFCLASS64, ELFDATA2LSB, 0, 0, "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"},
    {EM_X86_64, ELFCLASS32, ELFDATA2LSB, 0, 0, "x86_64-linux-gnux32", "/libx32/ld-linux-x32.so.2", "/lib/ld-musl-x32.so.1"},
    {EM_386, ELFCLASS32, ELFDATA2LSB, 0, 0, "i386-linux-gnu", "/lib/ld-linux.so.2", "/lib/ld-musl-i386.so.1"},
    {EM_AARCH64, ELFCLASS64, ELFDATA2LSB, 0, 0, "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1"},
    {EM_ARM, ELFCLASS32, ELFDATA2LSB, EF_ARM_ABI_FLOAT_HARD, EF_ARM_ABI_FLOAT_HARD, "arm-linux-gnueabihf", "/lib/ld-linux-armhf.so.3",
     "/lib/ld-musl-armhf.so.1"},
    {EM_ARM, ELFCLASS32, ELFDATA2LSB, 0, 0, "arm-linux-gnueabi", "/lib/ld-linux.so.3", "/lib/ld-musl-arm.so.1"},
    {EM_PPC64, ELFCLASS64, ELFDATA2LSB, 0, 0, "powerpc64le-linux-gnu", "/lib64/ld64.so.2", "/lib/ld-musl-powerpc64le.so.1"},
    {EM_PPC64, ELFCLASS64, ELFDATA2MSB, 0, 0, "powerpc64-linux-gnu", "/lib64/ld64.so.1", "/lib/ld-musl-powerpc64.so.1"},
    {EM_PPC, ELFCLASS32, ELFDATA2MSB, 0, 0, "powerpc-linux-gnu", "/lib/ld.so.1", "/lib/ld-musl-powerpc.so.1"},
    {EM_S390, ELFCLASS64, ELFDATA2MSB, 0, 0, "s390x-linux-gnu", "/lib/ld64.so.1", "/lib/ld-musl-s390x.so.1"},
    {EM_RISCV, ELFCLASS64, ELFDATA2LSB, 0, 0, "riscv64-linux-gnu", "/lib/ld-linux-riscv64-lp64d.so.1", "/lib/ld-musl-riscv64.so.1"},
    {EM_LOONGARCH, ELFCLASS64, ELFDATA2LSB, 0, 0, "loongarch64-linux-gnu", "/lib64/ld-linux-loongarch-lp64d.so.1",
     "/lib/ld-musl-loongarch64.so.1"},
    {EM_MIPS, ELFCLASS64, ELFDATA2LSB, 0, 0, "mips64el-linux-gnuabi64", "/lib64/ld.so.1", "/lib/ld-musl-mips64el.so.1"},
    {EM_MIPS, ELFCLASS64, ELFDATA2MSB, 0, 0, "mips64-linux-gnuabi64", "/lib64/ld.so.1", "/lib/ld-musl-mips64.so.1"},
    {EM_MIPS, ELFCLASS32, ELFDATA2LSB, 0, 0, "mipsel-linux-gnu", "/lib/ld.so.1", "/lib/ld-musl-mipsel.so.1"},
    {EM_MIPS, ELFCLASS32, ELFDATA2MSB, 0, 0, "mips-linux-gnu", "/lib/ld.so.1", "/lib/ld-musl-mips.so.1"},
    {EM_SPARCV9, ELFCLASS64, ELFDATA2MSB, 0, 0, "sparc64-linux-gnu", "/lib64/ld-linux.so.2", NULL},
};

static const Machine *find_machine(const ElfdepsObject *object)
{
  for (gsize i = 0; i < G_N_ELEMENTS(machines); i++)
  {
    const Machine *machine = &machines[i];
    if (machine->machine == object->machine && machine->class == object->class && machine->data == object->data &&
        (object->flags & machine->mask) == machine->flags)
      return machine;
  }
  return NULL;
}

const char *elfdeps_machine_triplet(const ElfdepsObject *object)
{
  const Machine *machine = find_machine(object);
  return machine == NULL ? NULL : machine->triplet;
}

GPtrArray *elfdeps_machine_interpreters(const ElfdepsObject *object)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  const Machine *machine = find_machine(object);
  if (machine == NULL)
    return names;
  g_ptr_array_add(names, g_strdup(machine->glibc));
  if (machine->musl != NULL)
    g_ptr_array_add(names, g_strdup(machine->musl));
  return names;
}
