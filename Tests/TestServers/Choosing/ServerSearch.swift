import Foundation

extension TestServer {
  /// Every server this machine offers, oldest TimescaleDB first.
  ///
  /// - BACKFILL_TEST_PGBIN: bin directories, separated by colons or spaces, instead of every
  ///   /usr/lib/postgresql/*/bin and /opt/*/bin.
  /// - BACKFILL_TEST_ROOTS: Debian root directories, separated by colons, that hold more of them.
  /// - BACKFILL_TEST_VERSIONS: the TimescaleDB versions to keep, for quick runs while developing.
  public static let found: [TestServer] = find(in: ProcessInfo.processInfo.environment)

  static func find(in environment: [String: String]) -> [TestServer] {
    let wanted = words(environment["BACKFILL_TEST_VERSIONS"], separators: " ,")
    return binDirectories(in: environment)
      .flatMap { servers(in: Installation(binDirectory: $0)) }
      .filter { wanted.isEmpty || wanted.contains($0.timescaleVersion.description) }
      .sorted { ($0.timescaleVersion, $0.pgMajor) < ($1.timescaleVersion, $1.pgMajor) }
  }

  private static func servers(in installation: Installation) -> [TestServer] {
    // chroot(2) is for root alone.
    guard installation.root == nil || geteuid() == 0 else { return [] }
    let offers = installation.offers()
    guard !offers.isEmpty, let major = installation.majorVersion() else { return [] }
    return offers.map {
      TestServer(
        pgMajor: major, timescaleVersion: $0.version, isCommunity: $0.isCommunity,
        installation: installation)
    }
  }

  private static func binDirectories(in environment: [String: String]) -> [String] {
    var found = words(environment["BACKFILL_TEST_PGBIN"], separators: ": \n")
    if found.isEmpty {
      found = versions(in: "/usr/lib/postgresql") + versions(in: "/opt")
    }
    for root in words(environment["BACKFILL_TEST_ROOTS"], separators: ":") {
      found += versions(in: root + "/usr/lib/postgresql")
    }
    var seen: Set<String> = []
    return found.filter { seen.insert(($0 as NSString).resolvingSymlinksInPath).inserted }
  }

  private static func versions(in directory: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.sorted().map { "\(directory)/\($0)/bin" }
      .filter { FileManager.default.fileExists(atPath: $0) }
  }

  private static func words(_ text: String?, separators: String) -> [String] {
    (text ?? "").split { separators.contains($0) }.map(String.init)
  }
}
