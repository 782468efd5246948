import Synchronization
import TestServers

/// Two servers with a proxy before each, and the databases that each try is a copy of.
final class StatementStand: Sendable {
  let server: TestServer
  let source: TestDatabase
  let targetTemplate: TestDatabase
  let sourceProxy: FaultyProxy
  let targetProxy: FaultyProxy
  /// What every table holds before the completion point.
  let wanted: [String: Contents]
  /// The target's structure after a copy without faults.
  let structure: [[String?]]
  /// The statements of that copy, by side.
  let statements: [Side: [String]]
  private let numbers = Atomic<Int>(0)

  enum Side: String, Sendable, CaseIterable {
    case source
    case target
  }

  /// From PostgreSQL 17 on, TimescaleDB 2.28 and later keep a segment of shared memory for each database that there ever
  /// was. A server has five for each connection; one that all statements are tried on has a thousand databases.
  private static let settings = [
    "synchronous_commit": "on", "autovacuum": "off", "max_connections": "300", "shared_buffers": "64MB",
    "fsync": "off",
  ]

  init(on server: TestServer) async throws {
    self.server = server
    let from = try await server.dedicatedCluster(extraSettings: Self.settings)
    let to = try await server.dedicatedCluster(extraSettings: Self.settings, identity: 1)
    source = try await from.makeDatabase(
      version: server.timescaleVersion, name: "source", setup: SmallGround.schema(server))
    try source.execute(SmallGround.rows(server))
    targetTemplate = try await to.makeDatabase(
      version: server.timescaleVersion, name: "ground", setup: SmallGround.schema(server))
    try targetTemplate.execute(SmallGround.live)
    if server.isCommunity { try source.execute(SmallGround.refresh) }
    sourceProxy = try FaultyProxy(to: from.port)
    targetProxy = try FaultyProxy(to: to.port)
    var wanted: [String: Contents] = [:]
    for table in SmallGround.tables(server) {
      let contents = try source.contents(
        of: table, where: "\(SmallGround.time(of: table)) < '\(SmallGround.until)'")
      guard contents.rows > 0 else { throw ChaosTestFailure("the source's \(table) is empty") }
      wanted[table] = contents
    }
    self.wanted = wanted
    (structure, statements) = try await Self.undisturbed(
      source, targetTemplate, sourceProxy: sourceProxy, targetProxy: targetProxy)
  }

  /// Stages and copies once without faults.
  private static func undisturbed(
    _ source: TestDatabase, _ template: TestDatabase, sourceProxy: FaultyProxy, targetProxy: FaultyProxy
  ) async throws -> ([[String?]], [Side: [String]]) {
    let target = try template.clone(name: "undisturbed")
    let run = StatementTry(source: source, target: target, sourceProxy: sourceProxy, targetProxy: targetProxy)
    try await run.stage()
    let statements = try await run.statements(of: "copy", exits: 0)
    let structure = try target.query(SmallGround.structure)
    try target.drop()
    return (structure, statements)
  }

  /// A try on a target of its own.
  func newTry(of source: TestDatabase? = nil) throws -> StatementTry {
    let number = numbers.add(1, ordering: .relaxed).newValue
    return StatementTry(
      source: source ?? self.source, target: try targetTemplate.clone(name: "try_\(number)"),
      sourceProxy: sourceProxy, targetProxy: targetProxy)
  }
}

/// One migration through the stand's proxies.
struct StatementTry: Sendable {
  let source: TestDatabase
  let target: TestDatabase
  let sourceProxy: FaultyProxy
  let targetProxy: FaultyProxy

  /// Leaves out what the program asks by the clock.
  static func watch(_ decide: @escaping @Sendable (Int, String) -> StatementWatch.Fate) -> StatementWatch {
    StatementWatch(ignoring: ["SELECT parallelism FROM", "SELECT DISTINCT ON (h.pid)"], decide)
  }

  private var direct: BackfillProcess {
    BackfillProcess(source: source.connectionString, target: target.connectionString)
  }

  func stage() async throws {
    let outcome = try await direct.run([
      "stage", "--until", SmallGround.until, "--split-size", SmallGround.splitSize,
    ])
    guard outcome.exitCode == 0 else { throw ChaosTestFailure("stage failed: \(outcome)") }
  }

  func database(_ side: StatementStand.Side) -> TestDatabase { side == .source ? source : target }

  func proxy(_ side: StatementStand.Side) -> FaultyProxy { side == .source ? sourceProxy : targetProxy }

  /// Copies or verifies through the proxies.
  func through(_ command: String) async throws -> BackfillProcess.Outcome {
    func string(_ side: StatementStand.Side) -> String {
      database(side).connectionString.replacing(
        ":\(database(side).cluster.port)/", with: ":\(proxy(side).port)/")
    }
    return try await BackfillProcess(source: string(.source), target: string(.target))
      .run([command, "-p1", "--retry-budget", "60s"])
  }

  /// What a command sends each side when nothing disturbs it.
  func statements(of command: String, exits code: Int32) async throws -> [StatementStand.Side: [String]] {
    let watches = [
      StatementStand.Side.source: Self.watch { _, _ in .passes }, .target: Self.watch { _, _ in .passes },
    ]
    for (side, watch) in watches { proxy(side).watch(watch) }
    let outcome = try await through(command)
    for side in watches.keys { proxy(side).heal() }
    guard outcome.exitCode == code else {
      throw ChaosTestFailure("\(command) without faults: \(outcome)")
    }
    return watches.mapValues(\.statements)
  }

  func directly(_ arguments: String...) async throws -> BackfillProcess.Outcome {
    try await direct.run(arguments)
  }

  /// Copies what is left, and tells whether there was nothing wrong at last.
  func finish() async throws {
    for _ in 1...3 {
      if try target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL") == "0" { return }
      _ = try await directly("copy", "-p2")
    }
    let left = try target.query(
      "SELECT chunk_name, last_error FROM __backfill.task WHERE worked IS NULL")
    throw ChaosTestFailure("chunks that can't be copied: \(left)")
  }

  /// Compares with the source's rows by other means than the program's.
  func judge(_ wanted: [String: Contents]) throws {
    for (table, contents) in wanted.sorted(by: { $0.key < $1.key }) {
      let time = SmallGround.time(of: table)
      let here = try target.contents(of: table, where: "\(time) < '\(SmallGround.until)'")
      guard here == contents else {
        throw ChaosTestFailure("\(table): \(contents) on the source, \(here) on the target")
      }
    }
    for (table, count) in [("plain", "3"), ("shifted", "3")] {
      let live = try target.value("SELECT count(*) FROM \(table) WHERE time >= '\(SmallGround.until)'")
      guard live == count else { throw ChaosTestFailure("\(table): \(live ?? "no") live rows of \(count)") }
    }
  }
}

struct ChaosTestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
