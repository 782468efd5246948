// What Swift's own library needs of newer libraries than the portable package may.

// GCC 11 has a function of its own for arrays of an impossible size, which were out of memory before.
extern void _ZSt17__throw_bad_allocv(void) __attribute__((noreturn));
void _ZSt28__throw_bad_array_new_lengthv(void) { _ZSt17__throw_bad_allocv(); }

// glibc 2.29 has new versions of these, without the old way to handle errors, which nobody uses. The old ones are in RHEL 8
// too. (scripts/package tells the linker to call what is defined here: --wrap.)
#define OLD(name) \
  extern double old_##name(double); \
  __asm__(".symver old_" #name "," #name "@GLIBC_2.2.5"); \
  double __wrap_##name(double x) { return old_##name(x); }
OLD(exp)
OLD(exp2)
OLD(log)
OLD(log2)
