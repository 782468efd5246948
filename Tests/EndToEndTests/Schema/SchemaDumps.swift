import TestServers
import Testing

/// `pg_dump --schema-only` of both sides, without what says nothing.
struct SchemaDumps {
  let source: [String]
  let target: [String]

  /// - Parameter arguments: for both.
  init(of rig: SchemaRig, _ arguments: [String] = []) async throws {
    source = try await Self.dump(rig, rig.sourceString, arguments)
    target = try await Self.dump(rig, rig.targetString(), arguments)
  }

  /// Lines that only one side has, the target's behind a plus sign.
  var differences: [String] {
    target.difference(from: source).map { change in
      switch change {
      case .insert(_, let line, _): "+" + line
      case .remove(_, let line, _): "-" + line
      }
    }.sorted()
  }

  private static func dump(_ rig: SchemaRig, _ string: String, _ arguments: [String]) async throws -> [String]
  {
    let output = try await rig.dump(string, ["--schema-only", "--exclude-schema=__backfill"] + arguments)
    return output.split(separator: "\n").map(String.init).filter { line in
      !line.hasPrefix("--") && !line.hasPrefix("\\restrict") && !line.hasPrefix("\\unrestrict")
    }
  }
}

extension SchemaRig {
  /// What pg_dump writes.
  func dump(_ string: String, _ arguments: [String]) async throws -> String {
    let directory = try ScratchDirectory()
    let programs = try ClientDirectory(of: clients)
    let script = ShellScript(
      "'\(programs.path)/pg_dump' -d \"$DATABASE\" \(arguments.joined(separator: " ")) > out\n")
    let outcome = try await script.run(in: directory, with: clients, environment: ["DATABASE": string])
    try #require(outcome.ending == .exited(0), "\(outcome)")
    return try directory.text(of: "out")
  }
}
