// What the Postgres module needs of libpq (https://www.postgresql.org/docs/current/libpq.html).
#include <libpq-fe.h>
