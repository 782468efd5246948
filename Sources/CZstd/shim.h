// Zstandard's streaming interface (https://facebook.github.io/zstd/zstd_manual.html), as Debian 11's 1.4.8 has it.
#include <zstd.h>
#include <zstd_errors.h>
