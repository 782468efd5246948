import Foundation

/// Who takes part.
enum Lineup {
  /// This program first, then the pipe, pgcopydb where it is installed, and the peers.
  static func choose(_ options: BenchmarkOptions, psql: String) throws -> [any Contestant] {
    let this = try DropIn(
      name: ContestantName.this, binary: try options.program ?? Programs.backfill())
    var all: [any Contestant] = [this]
    if let keeping = this.keepingIndexes { all.append(keeping) }
    all.append(Piped(psql: psql))
    all += [ByHandLoad(psql: psql, streams: 1), ByHandLoad(psql: psql, streams: 4)]
    if let pgcopydb = options.pgcopydb ?? Programs.onPath("pgcopydb") {
      all.append(Pgcopydb(binary: pgcopydb))
    } else {
      Benchmarks.tell("pgcopydb: skipped, it is not installed")
    }
    for (number, peer) in options.peers.enumerated() {
      all.append(try DropIn(name: options.peers.count == 1 ? "peer" : "peer \(number + 1)", binary: peer))
    }
    guard !options.only.isEmpty else { return all }
    for name in options.only where !all.contains(where: { $0.name.contains(name) }) {
      throw BenchmarkError("--only \(name): there are \(all.map(\.name).joined(separator: ", "))")
    }
    return all.filter { contestant in options.only.contains { contestant.name.contains($0) } }
  }

  static func versions(_ contestants: [any Contestant], psql: String) throws -> [String: String] {
    var versions: [String: String] = [:]
    for contestant in contestants {
      switch contestant {
      case let dropIn as DropIn: versions[dropIn.name] = dropIn.version
      case let pgcopydb as Pgcopydb: versions[pgcopydb.name] = try version(pgcopydb.binary)
      default: versions[contestant.name] = try version(psql)
      }
    }
    return versions
  }

  private static func version(_ program: String) throws -> String {
    let outcome = try MeasuredProcess.run(Command(words: [program, "--version"]), limit: .seconds(20))
    return outcome.output.split(separator: "\n").first.map(String.init) ?? "unknown version"
  }
}
