public import Postgres

/// How writes into chunks are kept out of the continuous aggregates' invalidation log, which is TimescaleDB's note of
/// what a refresh has to compute again. `Capabilities.invalidationControl` says which of these a version has.
public enum Invalidation {
  /// The row trigger that writes the log, on hypertables and chunks (to 2.22).
  public static let trigger = Identifier("ts_cagg_invalidation_trigger")

  /// Skips the log for the rest of the transaction (from 2.28).
  public static let skip: SQL = "SET LOCAL timescaledb.skip_cagg_invalidation = on"

  /// Turns most of the extension off, or on again, for the rest of the transaction, so that writes are PostgreSQL's own.
  /// The role must be allowed to (`Installation.mayBypassExtension`).
  public static func bypassExtension(_ on: Bool) -> SQL {
    "SET LOCAL timescaledb.restoring = \(on ? "on" as SQL : "off")"
  }

  public static func dropTrigger(of chunk: QualifiedName) -> SQL {
    "DROP TRIGGER ts_cagg_invalidation_trigger ON \(chunk)"
  }

  /// What pg_get_triggerdef says of a relation's trigger, as `definition`; no row where it has none.
  ///
  /// - Parameter relation: an expression for the relation's OID.
  public static func triggerDefinition(of relation: SQL) -> SQL {
    """
    SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
    WHERE tgrelid = \(relation) AND tgname = \(trigger.name)
    """
  }

  /// A statement that gives a chunk the trigger that its hypertable has, as text: an expression of the chunk's quoted
  /// name and of what `triggerDefinition` says of the hypertable's.
  public static func triggerCreation(on chunk: SQL, like definition: SQL) -> SQL {
    """
    format('CREATE TRIGGER ts_cagg_invalidation_trigger AFTER INSERT OR DELETE OR UPDATE ON %s %s', \(chunk),
      substr(\(definition), strpos(\(definition), 'FOR EACH ROW')))
    """
  }
}
