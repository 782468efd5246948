import TestServers

/// What tiering leaves of a chunk: a foreign table, whose rows are in object storage. There is no such storage here.
enum TieredChunk {
  /// For a superuser, to give a hypertable one.
  ///
  /// - Parameters:
  ///   - hypertable: its name in SQL.
  ///   - columns: their definitions, which are the hypertable's.
  static func attaching(to hypertable: String, columns: String) -> String {
    """
    CREATE FOREIGN DATA WRAPPER nothing;
    CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
    CREATE FOREIGN TABLE public.tiered (\(columns)) SERVER nowhere;
    ALTER TABLE public.tiered OWNER TO \(TestCluster.appUser);
    SELECT _timescaledb_functions.attach_osm_table_chunk('\(hypertable)', 'public.tiered')
    """
  }
}
