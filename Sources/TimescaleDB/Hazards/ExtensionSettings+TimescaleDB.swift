public import Postgres

extension ExtensionSettings {
  /// How many jobs the scheduler runs at a time.
  public static let jobWorkers = "timescaledb.max_background_workers"

  /// TimescaleDB's settings that could hide rows or change how they are stored.
  public static let timescaleDB = ExtensionSettings([
    "timescaledb.enable_transparent_decompression": "on",
    "timescaledb.enable_columnarscan": "on",
    "timescaledb.enable_dml_decompression": "on",
    "timescaledb.max_tuples_decompressed_per_dml_transaction": "0",
    "timescaledb.enable_direct_compress_copy": "off",
    "timescaledb.enable_direct_compress_insert": "off",
    // Promises that nobody has given for what is written here, should a table be compressed directly by itself.
    "timescaledb.enable_direct_compress_copy_client_sorted": "off",
    "timescaledb.enable_direct_compress_insert_client_sorted": "off",
  ])
}
