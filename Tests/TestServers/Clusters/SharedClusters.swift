/// The clusters all tests of this process share, one for each installation, started when first asked for.
actor SharedClusters {
  static let one = SharedClusters()

  private var starting: [Installation: Task<TestCluster, any Error>] = [:]

  func cluster(of installation: Installation) async throws -> TestCluster {
    let task =
      starting[installation]
      ?? Task { try await TestCluster.start(installation, extraSettings: [:], tls: false) }
    starting[installation] = task
    return try await task.value
  }
}
