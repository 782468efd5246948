#include "version.h"

#ifndef BACKFILL_COMMIT
#define BACKFILL_COMMIT ""
#endif

const char *backfill_commit(void) { return BACKFILL_COMMIT; }
