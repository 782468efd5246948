/// Data directories of each installation as initdb leaves them: copying one takes a tenth of the time. Copies have the
/// original's system identifier, so there is one for each identity that a test needs. Removed with the test process.
actor InitializedClusters {
  static let one = InitializedClusters()

  private struct Original {
    let directory: String
    let watchdog: Watchdog
  }

  private struct Key: Hashable {
    let installation: Installation
    let identity: Int
  }

  private var making: [Key: Task<Original, any Error>] = [:]

  /// The directory with a cluster in `data`, as seen from inside the installation's root.
  func directory(of installation: Installation, identity: Int) async throws -> String {
    let key = Key(installation: installation, identity: identity)
    let task =
      making[key]
      ?? Task(executorPreference: TestThreads.all) {
        let directory = try await DataDirectory.make(by: installation)
        let watchdog = try Watchdog(directory: installation.outside(directory), command: ["false"])
        try await DataDirectory.initdb(directory, by: installation)
        return Original(directory: directory, watchdog: watchdog)
      }
    making[key] = task
    return try await task.value.directory
  }
}
