public import TestServers
public import Testing

/// Servers that a test can't do without, and threads on which it may wait for them. The databases that a case made on
/// shared servers go with it.
public struct Needs: TestTrait, SuiteTrait {
  fileprivate let condition: ConditionTrait

  public var isRecursive: Bool { true }

  public func prepare(for test: Test) async throws { try await condition.prepare(for: test) }
}

extension Trait where Self == Needs {
  /// The test is skipped, and it is said what it needs, where none of its servers is found.
  public static func needs(_ servers: Servers) -> Self {
    Needs(condition: .enabled(if: !servers.isEmpty, Comment(rawValue: servers.reason)))
  }
}

// Toolchains before 6.1 don't let a trait have a say in how its tests are run.
#if compiler(>=6.1)
  extension Needs: TestScoping {
    public func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      try await withTaskExecutorPreference(TestThreads.all) {
        try await CaseDatabases.dropped(after: function)
      }
    }
  }
#endif
