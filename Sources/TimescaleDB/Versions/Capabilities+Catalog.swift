internal import Postgres

/// The catalog's tables in the same terms for every version.
extension Capabilities {
  /// Whether a row of the catalog's hypertables says that compression is turned on.
  func compresses(_ hypertable: SQL) -> SQL {
    switch compressionMark {
    case .state: "\(hypertable).compression_state = 1"
    case .status: "\(hypertable).status & 4 <> 0"
    }
  }

  /// Whether a row of the catalog's hypertables is an internal one that holds compressed rows. From 2.29 there are none.
  static func holdsCompressedRows(_ hypertable: SQL) -> SQL { "\(hypertable).compression_state = 2" }

  /// The relation that a chunk's compression settings are filed under, of these two OIDs.
  func settingsRelation(chunk: SQL, compressed: SQL) -> SQL {
    switch settingsKey {
    case .compressedRelation: compressed
    case .chunk: chunk
    }
  }

  /// Every chunk that exists, one row each, in the same columns for all generations: id, hypertable_id, relid,
  /// schema_name, table_name, status, osm_chunk, row_version (another one after each change of the row), and the
  /// compressed relation's name (NULL where there is none).
  /// Chunks of the internal compressed hypertables (to 2.28) are among them; their hypertables tell them apart.
  var chunks: SQL {
    switch chunkCatalog {
    case .namesWithDropped, .names:
      """
      SELECT c.id, c.hypertable_id, r.oid AS relid, c.schema_name, c.table_name, c.status, c.osm_chunk,
        c.xmin AS row_version, z.schema_name AS compressed_schema, z.table_name AS compressed_name
      FROM _timescaledb_catalog.chunk AS c
      LEFT JOIN pg_namespace AS n ON n.nspname = c.schema_name
      LEFT JOIN pg_class AS r ON r.relnamespace = n.oid AND r.relname = c.table_name
      LEFT JOIN _timescaledb_catalog.chunk AS z ON z.id = c.compressed_chunk_id
      WHERE \(chunkCatalog == .namesWithDropped ? "NOT c.dropped" as SQL : "true")
      """
    case .relations:
      """
      SELECT c.id, c.hypertable_id, r.oid AS relid, n.nspname AS schema_name, r.relname AS table_name, c.status,
        c.osm_chunk, c.xmin AS row_version, zn.nspname AS compressed_schema, z.relname AS compressed_name
      FROM _timescaledb_catalog.chunk AS c
      JOIN pg_class AS r ON r.oid = c.relid
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      LEFT JOIN _timescaledb_catalog.compression_settings AS s ON s.relid = c.relid
      LEFT JOIN pg_class AS z ON z.oid = s.compress_relid
      LEFT JOIN pg_namespace AS zn ON zn.oid = z.relnamespace
      """
    }
  }

  /// Every slice with the chunk it bounds: chunk_id, dimension_id, range_start, range_end.
  var slices: SQL {
    switch sliceCatalog {
    case .shared:
      """
      SELECT cc.chunk_id, s.dimension_id, s.range_start, s.range_end
      FROM _timescaledb_catalog.chunk_constraint AS cc
      JOIN _timescaledb_catalog.dimension_slice AS s ON s.id = cc.dimension_slice_id
      """
    case .owned:
      """
      SELECT s.chunk_id, s.dimension_id, s.range_start, s.range_end
      FROM _timescaledb_catalog.dimension_slice AS s
      """
    }
  }
}
