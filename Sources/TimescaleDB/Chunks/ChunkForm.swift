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

  /// A statement that freezes a chunk, if it still exists, as text: an expression of the chunk's quoted name.
  public static func freezing(_ chunk: SQL) -> SQL {
    "format('SELECT _timescaledb_functions.freeze_chunk(c) FROM to_regclass(%L) AS c WHERE c IS NOT NULL', \(chunk))"
  }

  /// A statement that compresses a chunk, if it isn't compressed, as text: an expression of the chunk's quoted name.
  public static func compressing(_ chunk: SQL, schema: Identifier) -> SQL {
    "format('SELECT %I.compress_chunk(%L::regclass, true)', \(schema.name), \(chunk))"
  }

  /// For people to run by hand.
  public static func plainFreezing(_ chunk: QualifiedName) -> SQL {
    "format('SELECT _timescaledb_functions.freeze_chunk(%L)', \(chunk.description))"
  }

  /// For people to run by hand.
  public static func plainCompressing(_ chunk: QualifiedName) -> SQL {
    "format('SELECT compress_chunk(%L)', \(chunk.description))"
  }

  private static func regclass(_ name: QualifiedName) -> SQL { "\(name.description)::regclass" }
}
