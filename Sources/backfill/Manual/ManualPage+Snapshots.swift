extension ManualPage {
  static let snapshots = ManualPage(
    topic: "snapshots", title: "Reading the source in an exported snapshot",
    text: #"""
      stage --snapshot makes copy and verify read the source in a snapshot that
      another session has exported:

          BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ;
          SELECT pg_export_snapshot();

      That transaction must stay open until verify is done. Later changes on the
      source are then invisible to the migration.

      A row whose time is changed on the source from one part of a split chunk to
      another, while these are copied, may be missed or copied twice. verify finds it.
      With --snapshot it cannot happen.

      A partially compressed chunk that is recompressed on the source before it is
      copied fails if it has to be read row by row, at the completion point for
      example: an older snapshot no longer sees all of it. Stage again with a newer
      snapshot.
      """#)
}
