extension Installation {
  /// What each server of an installation loads; looked for once, not at each start.
  private static let libraries: [Installation: String] = Dictionary(
    uniqueKeysWithValues: Set(TestServer.found.map(\.installation)).compactMap { installation in
      installation.onlyLibrary.map { (installation, $0) }
    })

  /// The words that start a server. A run of the tests begins tens of thousands of sessions, whose processes do little but
  /// get ready: half of that time goes into two things that a server which lives longer doesn't feel.
  ///
  /// - Parameters:
  ///   - data: its directory.
  ///   - settings: those that tell it from others.
  func serverCommand(data: String, settings: [String: String]) -> [String] {
    // Memory in few large pages rather than in thousands of small ones. A C library that doesn't know the word ignores it.
    var environment = ["GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=8388608"]
    // TimescaleDB's library, which each session loads, is loaded once. Commands of the shell that the server runs would
    // inherit that, and fail.
    if settings["archive_mode"] == nil, let library = Self.libraries[self] {
      environment.append("LD_PRELOAD=\(library)")
    }
    return command("/usr/bin/env", environment + ["\(binDirectory)/postgres", "-D", data])
  }
}
