/// The clusters all tests of this process share, one for each installation, started when first asked for.
actor SharedClusters {
  static let one = SharedClusters()

  /// That of no server of a test's own: databases of both that were made as the first would be one database to the program.
  private static let identity = -1

  private var starting: [Installation: Task<TestCluster, any Error>] = [:]

  func cluster(of installation: Installation) async throws -> TestCluster {
    let task =
      starting[installation]
      ?? Task(executorPreference: TestThreads.all) {
        try await TestCluster.start(installation, extraSettings: [:], tls: false, identity: Self.identity)
      }
    starting[installation] = task
    return try await task.value
  }
}
