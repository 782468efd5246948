public import Postgres

extension QueueSchema {
  /// Gives a schema that holds nothing but the record of jobs to a role, which can then stage into it. Where there is no
  /// record, nothing is done.
  public static func giving(to role: Identifier) -> SQL {
    """
    DO $giving$ BEGIN
      IF to_regclass('__backfill.job') IS NOT NULL THEN
        ALTER SCHEMA __backfill OWNER TO \(role);
        ALTER TABLE __backfill.job OWNER TO \(role);
      END IF;
    END $giving$
    """
  }
}
