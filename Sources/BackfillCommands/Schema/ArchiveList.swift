import Postgres

/// The list of an archive's entries, as `pg_restore --list` writes it and `--use-list` reads it:
///
///     4512; 0 0 COMMENT - EXTENSION timescaledb
enum ArchiveList {
  /// Without comments on extensions, which belong to whoever made these, and without a schema that is there.
  ///
  /// - Parameter schema: nil where all are to be made.
  static func reduced(_ list: String, withoutSchema schema: Identifier?) -> String {
    let lines = list.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.filter { line in
      guard let entry = entry(line) else { return true }
      if entry.hasPrefix("COMMENT - EXTENSION ") { return false }
      return schema.map { !entry.hasPrefix("SCHEMA - \($0.name) ") } ?? true
    }.joined(separator: "\n")
  }

  /// What follows the three numbers; nil for a comment.
  private static func entry(_ line: Substring) -> Substring? {
    let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasSuffix(";"), parts[0].dropLast().allSatisfy(\.isNumber) else {
      return nil
    }
    return parts[3]
  }
}
