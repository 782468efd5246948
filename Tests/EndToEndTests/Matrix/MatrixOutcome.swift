import TestServers

/// How the cases went on one server, with one origin of the target.
struct MatrixOutcome: Sendable {
  /// What is wrong, by case.
  private(set) var failures: [String: [String]] = [:]
  /// What was left in the invalidation log, by case.
  var invalidations: [String: [String]] = [:]
  /// Commands that didn't exit with 0, and what they said.
  var failedCommands: [String] = []

  mutating func fail(_ name: String, _ what: String) {
    failures[name, default: []].append(what)
  }
}

/// The matrix's migrations, each done once for all tests that look at it, and few at a time: they keep every core busy.
actor MatrixRuns {
  static let shared = MatrixRuns()

  private struct Key: Hashable {
    let server: TestServer
    let origin: TargetOrigin
  }

  private var runs: [Key: Task<MatrixOutcome, any Error>] = [:]
  private var free = 3
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func outcome(on server: TestServer, origin: TargetOrigin) async throws -> MatrixOutcome {
    let key = Key(server: server, origin: origin)
    let run =
      runs[key]
      ?? Task(executorPreference: TestThreads.all) { try await self.perform(key) }
    runs[key] = run
    return try await run.value
  }

  private func perform(_ key: Key) async throws -> MatrixOutcome {
    await enter()
    defer { leave() }
    return try await MatrixRun.perform(MatrixCase.all, server: key.server, origin: key.origin)
  }

  private func enter() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
