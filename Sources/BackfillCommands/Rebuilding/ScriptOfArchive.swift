import Postgres

/// SQL that pg_restore made of an archive's entries.
enum ScriptOfArchive {
  /// Without psql's own commands, which newer versions put around it: `\restrict KEY`.
  static func sql(_ output: [UInt8]) -> SQL {
    let text = String(decoding: output, as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if let first = lines.firstIndex(where: { $0.hasPrefix("\\restrict ") }) { lines.remove(at: first) }
    if let last = lines.lastIndex(where: { $0.hasPrefix("\\unrestrict ") }) { lines.remove(at: last) }
    return SQL(fromServer: lines.joined(separator: "\n"))
  }

  /// What such a script sets for its session is undone for the statements that follow.
  static let resetting: SQL = """
    SELECT FROM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    RESET default_tablespace;
    RESET default_table_access_method;

    """
}
