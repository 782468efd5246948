/// One data directory of each installation as initdb leaves it: copying that takes a tenth of the time. Removed with the
/// test process.
actor InitializedClusters {
  static let one = InitializedClusters()

  private struct Original {
    let directory: String
    let watchdog: Watchdog
  }

  private var making: [Installation: Task<Original, any Error>] = [:]

  /// The directory with a cluster in `data`, as seen from inside the installation's root.
  func directory(of installation: Installation) async throws -> String {
    let task =
      making[installation]
      ?? Task {
        let directory = try await DataDirectory.make(by: installation)
        let watchdog = try Watchdog(directory: installation.outside(directory), command: ["false"])
        try await DataDirectory.initdb(directory, by: installation)
        return Original(directory: directory, watchdog: watchdog)
      }
    making[installation] = task
    return try await task.value.directory
  }
}
