import TestServers

/// Pairs of databases that tests get copies of: setting up and dumping take ten times as long as copying.
actor MigrationOriginals {
  static let shared = MigrationOriginals()

  struct Kind: Hashable {
    let server: TestServer
    let setup: String
    let targetSetup: String?
  }

  private struct Original {
    let migration: Once<Migration>
    var users = 0
  }

  /// So many at a time for each server: a test's cases mostly run one soon after the other.
  private static let most = 6

  private var originals: [Kind: Original] = [:]
  /// Whose copy was asked for last comes last.
  private var recent: [Kind] = []

  /// The pair of this kind, for one test.
  func copy(of kind: Kind) async throws -> Migration {
    let original = enter(kind)
    do {
      let migration = try await original.value()
      let copy = Migration(
        from: try await migration.source.clone(), to: try await migration.target.clone())
      leave(kind)
      return copy
    } catch {
      leave(kind)
      throw error
    }
  }

  private func enter(_ kind: Kind) -> Once<Migration> {
    var original = originals[kind] ?? Original(migration: Once { try await Self.make(kind) })
    original.users += 1
    originals[kind] = original
    recent.removeAll { $0 == kind }
    recent.append(kind)
    return original.migration
  }

  private func leave(_ kind: Kind) {
    originals[kind]?.users -= 1
    let unused = recent.filter { $0.server == kind.server && originals[$0]?.users == 0 }
    for old in unused.dropLast(Self.most) {
      recent.removeAll { $0 == old }
      guard let migration = originals.removeValue(forKey: old)?.migration else { continue }
      Task(executorPreference: TestThreads.all) {
        let databases = try await migration.value()
        try databases.source.drop()
        try databases.target.drop()
      }
    }
  }

  private static func make(_ kind: Kind) async throws -> Migration {
    let source = try await kind.server.makeDatabase(setup: kind.setup)
    let target = try await kind.server.makeDatabase(setup: kind.targetSetup ?? "")
    if kind.targetSetup == nil { try await source.dumpSchema(into: target) }
    return Migration(from: source, to: target)
  }
}
