extension ManualPage {
  static let triggers = ManualPage(
    topic: "triggers", title: "Triggers, foreign keys and publications on the target",
    text: #"""
      Triggers and foreign keys of the hypertables:

      Triggers of the target's hypertables fire for copied rows, but not for
      compressed batches. Foreign keys are checked. stage and copy name both.

      copy --disable-triggers skips both. It requires a superuser, or on PostgreSQL 15
      and later the privilege

          GRANT SET ON PARAMETER session_replication_role TO app;

      Triggers that are ENABLE ALWAYS or ENABLE REPLICA would fire all the same, so
      copy refuses the option then. If a hypertable's trigger is disabled on the
      hypertable, but not on chunks that were created later, copy refuses, too.

      Foreign keys that refer to a hypertable:

      From TimescaleDB 2.16 on, other tables can refer to a hypertable. A chunk is
      refused if clearing it would delete or change the rows that refer to it (ON
      DELETE CASCADE, SET NULL, SET DEFAULT). It fails if such rows prevent the
      deletion. Drop these foreign keys until the end, or use --disable-triggers.

      Functions of users:

      A hypertable whose triggers, constraints, generated columns or indexes call
      functions of users is loaded with the search_path that the database gives the
      role, behind pg_catalog. Its indexes on such functions stay in place.

      Publications:

      If a publication on the target publishes deletes of a hypertable's chunks, and
      these have neither a primary key nor a replica identity, no chunk can be
      cleared. stage and copy refuse, and name the publication and the remedy.
      """#)
}
