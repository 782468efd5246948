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
    all += RecordFile.Order.allCases.map { LoadInOrder(dropIn: this, order: $0) }
    all.append(ThroughFiles(binary: this.binary))
    all += try Self.dumps(besides: psql)
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

  /// The programs beside psql, which are of its version.
  private static func dumps(besides psql: String) throws -> [any Contestant] {
    let directory = (psql as NSString).deletingLastPathComponent
    guard Programs.isExecutable(directory + "/pg_restore") else {
      Benchmarks.tell("pg_dump: skipped, it is not beside psql")
      return []
    }
    // Before it has connected it says so if it can't.
    let trial = [directory + "/pg_dump", "--compress=zstd:3", "--host=/nonexistent"]
    let hasZstd = try !MeasuredProcess.run(Command(words: trial), limit: .seconds(20)).errors.contains(
      "compress")
    return [true, false].map { DumpAndRestore(directory: directory, compresses: $0, hasZstd: hasZstd) }
  }

  static func versions(_ contestants: [any Contestant], psql: String) throws -> [String: String] {
    var versions: [String: String] = [:]
    for contestant in contestants {
      switch contestant {
      case let dropIn as DropIn: versions[dropIn.name] = dropIn.version
      case let order as LoadInOrder: versions[order.name] = order.dropIn.version
      case let files as ThroughFiles: versions[files.name] = try version(files.binary)
      case let dump as DumpAndRestore: versions[dump.name] = try version(dump.directory + "/pg_dump")
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
