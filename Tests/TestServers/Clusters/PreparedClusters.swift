/// Stopped clusters of each installation, with the tests' roles and the template of most databases: copying one takes a
/// small part of the time that making it takes. Copies have the original's system identifier, so there is one for each
/// identity that a test needs. Removed with the test process.
actor PreparedClusters {
  static let one = PreparedClusters()

  private struct Key: Hashable {
    let installation: Installation
    /// The TimescaleDB version of the template.
    let version: TimescaleVersion
    let identity: Int
  }

  private var making: [Key: Task<TestCluster, any Error>] = [:]

  func original(
    of installation: Installation, version: TimescaleVersion, identity: Int
  ) async throws -> TestCluster {
    let key = Key(installation: installation, version: version, identity: identity)
    let task = making[key] ?? Task(executorPreference: TestThreads.all) { try await Self.make(key) }
    making[key] = task
    return try await task.value
  }

  private static func make(_ key: Key) async throws -> TestCluster {
    let initialized = TestCluster.Origin.filled { directory in
      try await DataDirectory.initdb(directory, by: key.installation)
    }
    let cluster = try await TestCluster.start(
      key.installation, extraSettings: [:], tls: false, from: initialized)
    try cluster.makeAppRoles()
    _ = try await cluster.templates.template(of: key.version, options: .init(), on: cluster)
    try await cluster.stop(.fast)
    return cluster
  }
}
