@testable import backfill

extension ManualPage {
  /// The SQL on the page: what is indented by four spaces and begins with a command of SQL.
  var statements: [String] {
    text.split(separator: "\n\n").map(String.init)
      .filter { $0.hasPrefix("    ") && !$0.hasPrefix("     ") }
      .filter { block in
        let first = block.split(separator: "\n").first { !$0.hasPrefix("    --") }
        let word = first?.split(separator: " ").first.map(String.init)
        return word.map(Self.commands.contains) ?? false
      }
  }

  private static let commands: Set = [
    "SELECT", "UPDATE", "INSERT", "DELETE", "WITH", "BEGIN", "GRANT", "REVOKE", "ALTER", "CREATE", "DROP",
    "CALL",
  ]
}
