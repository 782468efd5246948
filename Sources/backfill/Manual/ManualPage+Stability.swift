extension ManualPage {
  static let stability = ManualPage(
    topic: "stability", title: "Version numbers, and what may change",
    text: #"""
      Versions are MAJOR.MINOR.PATCH, as on https://semver.org. --version prints the
      version, and --version --verbose also the commit that a package was built from,
      the compiler, libpq and the supported servers.

      What scripts may rely on:

        Subcommands and options
            Names, short names, meanings and defaults. New ones may come in a MINOR
            version.
        Exit codes
            See exit-codes.
        JSON
            The members of documents and lines, their types and meanings, and the
            codes of problems. New members and codes may come in a MINOR version, so
            ignore what you do not know. The member format changes if a member goes or
            changes its meaning.
        Queue
            The tables and columns that the page queue describes. New columns may come
            in a MINOR version. A queue can be continued by every later version with
            the same MAJOR number.
        Environment
            BACKFILL_SOURCE and BACKFILL_TARGET.
        Packages
            Their names, the paths within, and the oldest glibc.

      What goes is deprecated first: for at least one MINOR version and six months it
      works as before, warns on standard error, and is listed in changes. It is
      removed in a MAJOR version only. While MAJOR is 0, a MINOR version may do that,
      with the same warning before.

      Not promised: the wording of messages and help, the order and form of lines for
      people (except for the counter, the verb and the chunk's name that lines of copy
      and verify begin with), the look of the report, log files, and tables and
      columns of the queue that are not described.
      """#)
}
