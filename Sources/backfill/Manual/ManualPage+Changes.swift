extension ManualPage {
  static let changes = ManualPage(
    topic: "changes", title: "Changes in each version",
    text: #"""
      0.1.0

        The first version. The subcommands check, schema, stage, copy, verify,
        refresh-caggs, jobs, status, report, export, import, clean and migrate;
        TimescaleDB 2.14 to 2.31 on PostgreSQL 14 to 18; packages with completions
        and a man page.

        Deprecated: nothing.
      """#)
}
