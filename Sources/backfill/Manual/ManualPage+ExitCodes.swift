extension ManualPage {
  static let exitCodes = ManualPage(
    topic: "exit-codes", title: "Exit codes",
    text: #"""
        0    Success. Another running copy may be doing the rest, or nothing was left
             to do.
        1    The run failed, some chunks failed, or chunks are left that no
             running copy is working on. Each is named. With --again, chunks that
             another run was working on; with verify --estimate, chunks without
             statistics; of check, a finding that stops the migration.
        2    Usage error; nothing was attempted.
        3    verify found a difference, or verify --estimate numbers of rows of which
             one is more than twice the other.
        130  Stopped by a signal before the work was done. Run the command again to
             continue.

      Of status, 0 means that all is copied and verified, or nothing is staged; 1 that
      chunks failed or differ; 4 that a run is going on; and 5 that work is left, and
      nobody is on it (see monitoring).

      Of migrate, 5 means that with --yes it came to where a person has to do or to
      tell something, and says what. Otherwise the exit code is that of the step that
      was not done. 130 also means that a question was not answered with yes.

      Of jobs off and jobs on, 1 means that a job could not be turned off or on, is
      still running, or cannot be found. Each is named.

      A signal that arrives after the last chunk is done changes nothing: the exit
      code is 0.
      """#)
}
