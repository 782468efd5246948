extension ManualPage {
  static let limits = ManualPage(
    topic: "limits", title: "What the program cannot do",
    text: #"""
      - Only hypertables and continuous aggregates are copied. README's procedure
        moves the schema, ordinary tables, sequences and roles.
      - schema does not move large objects where it works from definitions, and
        changes nothing that the target has; see transfer.
      - Chunks tiered to object storage (OSM) are reported and left out.
      - Chunks with the hypercore access method (TimescaleDB 2.18 to 2.21) are
        refused.
      - Time dimensions with a partitioning function of their own are refused.
      - Unlogged hypertables on the target are refused, because they would be empty
        after a crash.
      - If a row-level security policy applies to the role, the commands refuse to
        run; see privileges.
      - Poolers in transaction mode do not work; see versions.
      - One worker copies a compressed chunk in one transaction, however large it is.
        The same goes for an uncompressed chunk that stage could not split.
      - An ordinary owner cannot record the sizes of compressed chunks; see
        privileges.
      - With stage --snapshot, a recompressed chunk may fail; see snapshots.
      - A row whose time is changed on the source while its chunk is copied in parts
        may be missed or copied twice; see snapshots. verify finds it.
      - Some triggers, foreign keys and publications on the target must be removed
        first; see triggers.
      """#)
}
