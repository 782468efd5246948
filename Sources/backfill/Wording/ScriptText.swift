import BackfillCommands
import Postgres

/// A script for bash.
struct ScriptText {
  let text: String

  init(_ script: SchemaScript) {
    var lines = Self.opening(script)
    for (index, section) in script.sections.enumerated() {
      lines += ["", "# \(index + 1). \(section.step.title)"]
      lines += section.pieces.flatMap(Self.lines)
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func opening(_ script: SchemaScript) -> [String] {
    [
      "#!/bin/bash",
      "# Printed by \(Version.line), schema --print. It needs psql, pg_dump and pg_restore, and",
      "# \(Version.program) for jobs off. There is no password in it: keep them in ~/.pgpass, or",
      "# in the file that PGPASSFILE names.",
      "set -euo pipefail",
      "umask 077",
      "source=\(ShellWord.quoted(script.source))",
      "target=\(ShellWord.quoted(script.target))",
      "server=\(ShellWord.quoted(script.server))",
    ]
  }

  private static func lines(_ piece: SchemaScript.Piece) -> [String] {
    switch piece {
    case .sql(let place, let statements, let isOneTransaction, let isOptional):
      return sql(place, statements, isOneTransaction, isOptional)
    case .passwords(let roles): return passwords(roles)
    case .transfer(let dump, let restore):
      return [
        "pg_dump -d \"$source\" \(words(dump)) |",
        "  pg_restore -d \"$target\" \(words(restore))",
      ]
    case .pickedTransfer(let dump, let restore, let schema):
      let left = schema.map { "|SCHEMA - \($0.name) " } ?? ""
      let pattern = "^[0-9]+; [0-9]+ [0-9]+ (COMMENT - EXTENSION \(left))"
      return [
        "directory=$(mktemp -d)",
        "pg_dump -d \"$source\" \(words(dump)) -f \"$directory/archive\"",
        "pg_restore --list \"$directory/archive\" | grep -Ev \(ShellWord.quoted(pattern)) > \"$directory/list\"",
        "pg_restore -d \"$target\" \(words(restore)) --use-list=\"$directory/list\" \"$directory/archive\"",
        "rm -r \"$directory\"",
      ]
    case .rebuild(let parts): return rebuild(parts)
    case .jobsOff: return ["\(Version.program) jobs off --target \"$target\""]
    }
  }

  private static func sql(
    _ place: SchemaScript.Place, _ statements: [SQL], _ isOneTransaction: Bool, _ isOptional: Bool
  ) -> [String] {
    let text = statements.map { "\($0.text);" }.joined(separator: "\n")
    let mark = mark(for: text)
    let stopping = isOptional ? "" : " -v ON_ERROR_STOP=1" + (isOneTransaction ? " --single-transaction" : "")
    return ["psql -X -d \"$\(place.rawValue)\"\(stopping) <<'\(mark)'", text, mark]
  }

  /// A line that isn't in the text.
  private static func mark(for text: String) -> String {
    var mark = "SQL"
    while text.split(separator: "\n").contains(where: { $0 == mark }) { mark += "_" }
    return mark
  }

  /// Without the COMMIT at its end nothing of it stays, wherever it stops.
  private static func rebuild(_ parts: [SchemaScript.Part]) -> [String] {
    var lines = ["{"]
    var text = ["BEGIN;"]
    func written() -> [String] {
      let mark = mark(for: text.joined(separator: "\n"))
      return ["cat <<'\(mark)'"] + text + [mark]
    }
    for part in parts {
      switch part {
      case .step(let step): text += ["", "-- \(step.title)", ""]
      case .sql(let sql): text.append(sql.text)
      case .rows(let reading, let filling):
        text.append("\(filling.text);")
        lines += written()
        text = []
        lines += [
          "psql -X -q -d \"$source\" -v ON_ERROR_STOP=1 -c \(ShellWord.quoted(Self.plainSession)) \\",
          "  -c \(ShellWord.quoted(reading.text))", #"echo '\.'"#,
        ]
      }
    }
    text.append("COMMIT;")
    return lines + written() + ["} | psql -X -q -d \"$target\" -v ON_ERROR_STOP=1 >/dev/null"]
  }

  /// What makes rows mean the same on both sides.
  private static let plainSession =
    "SET search_path = ''; SET client_encoding = 'UTF8'; SET datestyle = ISO; SET intervalstyle = postgres; "
    + "SET extra_float_digits = 3"

  /// From one psql to the other, so that they are in no file.
  private static func passwords(_ roles: [Identifier]) -> [String] {
    let names = roles.map { ("\($0.name)" as SQL).text }.joined(separator: ", ")
    return [
      "psql -X -d \"$source\" -v ON_ERROR_STOP=1 -At <<'SQL' | psql -X -q -d \"$server\" -v ON_ERROR_STOP=1 "
        + "--single-transaction",
      "SELECT format('ALTER ROLE %I PASSWORD %L;', rolname, rolpassword) FROM pg_authid",
      "WHERE rolpassword IS NOT NULL AND rolname IN (\(names));",
      "SQL",
    ]
  }

  private static func words(_ arguments: [String]) -> String {
    arguments.map(ShellWord.quoted).joined(separator: " ")
  }
}
