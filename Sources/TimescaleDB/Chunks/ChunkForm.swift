public import Postgres

/// The statements that change how a chunk is stored, and whether it may be changed.
public enum ChunkForm {
  public static func freeze(_ chunk: QualifiedName) -> SQL {
    "SELECT _timescaledb_functions.freeze_chunk(\(regclass(chunk)))"
  }

  public static func unfreeze(_ chunk: QualifiedName) -> SQL {
    "SELECT _timescaledb_functions.unfreeze_chunk(\(regclass(chunk)))"
  }

  /// - Parameter schema: the extension's (`Installation.schema`).
  public static func compress(_ chunk: QualifiedName, schema: Identifier) -> SQL {
    "SELECT \(schema).compress_chunk(\(regclass(chunk)))"
  }

  /// Puts a compressed chunk's overlapping batches in order (`Capabilities.recompressRestoresOrder`).
  public static func recompress(_ chunk: QualifiedName, schema: Identifier) -> SQL {
    "SELECT \(schema).compress_chunk(\(regclass(chunk)), recompress => true)"
  }

  public static func decompress(_ chunk: QualifiedName, schema: Identifier) -> SQL {
    "SELECT \(schema).decompress_chunk(\(regclass(chunk)))"
  }

  /// Makes a chunk with exactly these slices, to stand in a FROM: schema_name and table_name are in its row.
  ///
  /// - Parameter slices: an expression (`ChunkDescription.slices`).
  public static func creation(in hypertable: QualifiedName, slices: SQL) -> SQL {
    "_timescaledb_functions.create_chunk(\(regclass(hypertable)), \(slices))"
  }

  private static func regclass(_ name: QualifiedName) -> SQL { "\(name.description)::regclass" }
}
