/// This program, or any other with its subcommands and flags.
struct DropIn: Contestant {
  let name: String
  let binary: String
  /// The first line of its `--version`.
  let version: String
  /// Options of this program that others lack; none for a peer.
  private let canSplit: Bool
  private let canKeepIndexes: Bool
  private let keepsIndexes: Bool
  private let canLoad: Bool

  let phases = [Phase.stage, .copy, .verify, .load]

  /// - Throws: when the binary does not run.
  init(name: String, binary: String) throws {
    self.name = name
    self.binary = binary
    let answer = try MeasuredProcess.run(Command(words: [binary, "--version"]), limit: .seconds(20))
    guard answer.isSuccess else { throw BenchmarkError("\(name): \(binary) --version fails") }
    version = answer.output.split(separator: "\n").first.map(String.init) ?? "unknown version"
    canSplit = try Self.help(binary, "stage").contains("--split-size")
    canKeepIndexes = try Self.help(binary, "copy").contains("--keep-indexes")
    keepsIndexes = false
    canLoad = try Self.help(binary, "load").contains("--on-conflict")
  }

  private init(keepingIndexes other: DropIn) {
    name = "\(other.name) --keep-indexes"
    (binary, version) = (other.binary, other.version)
    (canSplit, canKeepIndexes, keepsIndexes) = (other.canSplit, true, true)
    canLoad = false
  }

  /// The same binary, told to leave indexes in place; nil if it can't be.
  var keepingIndexes: DropIn? { canKeepIndexes ? DropIn(keepingIndexes: self) : nil }

  private static func help(_ binary: String, _ subcommand: String) throws -> String {
    try MeasuredProcess.run(Command(words: [binary, subcommand, "--help"]), limit: .seconds(20)).output
  }

  func prepare(_ course: Course) throws {
    if course.trial.kind == .loading { _ = try RecordFile.make(course) }
  }

  func objection(to trial: Trial) -> String? {
    let hasNothing =
      keepsIndexes && !trial.alsoKeepingIndexes || trial.kind == .loading && !canLoad || trial.comparesOrders
    return hasNothing ? Trial.nothingToShow : nil
  }

  /// The connection strings are arguments, which every drop-in understands.
  func command(_ phase: Phase, _ course: Course) throws -> Command {
    var words = [
      binary, phase.rawValue, "--source", course.source, "--target", course.destination,
    ]
    switch phase {
    case .load: return loading(try RecordFile.make(course), course)
    case .stage:
      words += ["--until", course.fixture.dataset.until]
      if canSplit, let parts = course.trial.parts {
        words += ["--split-size", "\(max(1, (course.fixture.chunkBytes / parts) >> 20))MB"]
      }
    case .copy:
      words += ["--parallelism", "\(course.trial.workers)"]
      if keepsIndexes { words.append("--keep-indexes") }
    case .verify: words += ["--parallelism", "\(course.trial.workers)"]
    case .export, .importing: break
    }
    return Command(words: words)
  }

  func loading(_ file: String, _ course: Course) -> Command {
    Command(
      words: [
        binary, "load", "--target", course.destination, "--table", "m", "-p", "\(course.trial.workers)", file,
      ])
  }
}
