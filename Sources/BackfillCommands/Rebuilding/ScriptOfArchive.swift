import Postgres

/// SQL that pg_restore made of an archive's entries.
enum ScriptOfArchive {
  /// Without psql's own commands, which newer versions put around it: `\restrict KEY`.
  static func sql(_ output: [UInt8]) -> SQL {
    let text = String(decoding: output, as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if let first = lines.firstIndex(where: { $0.hasPrefix("\\restrict ") }) { lines.remove(at: first) }
    if let last = lines.lastIndex(where: { $0.hasPrefix("\\unrestrict ") }) { lines.remove(at: last) }
    return SQL(fromServer: lines.filter { !isOfOneBuild($0) }.joined(separator: "\n"))
  }

  /// Some builds of PostgreSQL 15 keep a number of their own among the options of columns, which no other server takes:
  /// `ALTER TABLE ONLY rooms ALTER COLUMN id SET (pg_attver=28685216);`
  private static func isOfOneBuild(_ line: Substring) -> Bool {
    guard line.hasPrefix("ALTER TABLE ONLY "), line.hasSuffix(");"),
      let option = line.utf8.firstPlace(of: " SET (pg_attver=".utf8)
    else { return false }
    return line[option.upperBound...].dropLast(2).allSatisfy(\.isNumber)
  }

  /// What such a script sets for its session is undone for the statements that follow.
  static let resetting: SQL = """
    SELECT FROM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    RESET default_tablespace;
    RESET default_table_access_method;

    """
}
