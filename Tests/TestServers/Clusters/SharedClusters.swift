/// The clusters all tests of this process share, one for each installation, started when first asked for.
actor SharedClusters {
  static let one = SharedClusters()

  /// That of no server of a test's own: databases of both that were made as the first would be one database to the program.
  private static let identity = -1

  private var starting: [Installation: Task<TestCluster, any Error>] = [:]

  /// - Parameter version: the TimescaleDB version of its first databases.
  func cluster(of installation: Installation, for version: TimescaleVersion) async throws -> TestCluster {
    let task =
      starting[installation]
      ?? Task(executorPreference: TestThreads.all) {
        let original = try await PreparedClusters.one.original(
          of: installation, version: version, identity: Self.identity)
        return try await TestCluster.start(
          installation, extraSettings: [:], tls: false, from: .copy(of: original, version: version),
          isShared: true)
      }
    starting[installation] = task
    return try await task.value
  }
}
