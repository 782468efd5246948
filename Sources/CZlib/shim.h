// What reading of gzip files needs of zlib (https://zlib.net/manual.html).
#include <zlib.h>
