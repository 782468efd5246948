/// `export` and `import` of this program.
struct ThroughFiles: Contestant {
  let binary: String
  let name = "export, import"
  let phases = [Phase.export, .importing]

  func objection(to trial: Trial) -> String? { trial.kind == .archiving ? nil : Trial.nothingToShow }

  func command(_ phase: Phase, _ course: Course) -> Command {
    let workers = ["-p", "\(course.trial.workers)"]
    return phase == .export
      ? Command(
        words: [
          binary, "export", "--source", course.source, "--until", course.fixture.dataset.until, "--output",
          course.archive, "--compress", "3",
        ] + workers)
      : Command(
        words: [binary, "import", "--target", course.destination, "--input", course.archive] + workers)
  }
}

/// `pg_dump` and `pg_restore` of the hypertable's rows, chunk by chunk: into chunks that are there, as under dual writes,
/// and by their names, so that source and target must have come to the same.
struct DumpAndRestore: Contestant {
  let directory: String
  /// Not even by the program's default.
  let compresses: Bool
  /// It knows zstd, from PostgreSQL 16 on, if it is built with it.
  let hasZstd: Bool
  let phases = [Phase.export, .importing]

  var name: String { ContestantName.dump + (compresses ? "" : " -Z0") }

  func objection(to trial: Trial) -> String? { trial.kind == .archiving ? nil : Trial.nothingToShow }

  func prepare(_ course: Course) throws {
    guard course.fixture.pairs.allSatisfy({ $0.source == $0.target }) else {
      throw BenchmarkError("chunks are called differently on source and target")
    }
  }

  func command(_ phase: Phase, _ course: Course) -> Command {
    let jobs = ["-j", "\(course.trial.workers)", "--data-only"]
    guard phase == .export else {
      return Command(words: [directory + "/pg_restore"] + jobs + ["-d", course.destination, course.archive])
    }
    return Command(
      words: [directory + "/pg_dump", "-Fd"] + jobs + compression + [
        "-t", "m", "-t", "_timescaledb_internal._hyper_*", "-f", course.archive, "-d", course.source,
      ])
  }

  /// Like `export` where it can, else its default, gzip.
  private var compression: [String] {
    if !compresses { return ["-Z0"] }
    return hasZstd ? ["--compress=zstd:3"] : []
  }
}

extension Course {
  /// The directory of files between the two.
  var archive: String { scratch + "/archive" }
}
