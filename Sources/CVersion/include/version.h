/// The commit that the program is built from, in hexadecimal digits; empty where nobody has told (see Package.swift).
const char *backfill_commit(void);
