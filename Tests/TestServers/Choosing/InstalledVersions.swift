import Foundation

extension Installation {
  /// A TimescaleDB version that the installation offers.
  struct Offer: Hashable {
    let version: TimescaleVersion
    let isCommunity: Bool
  }

  /// The major version, as the server program tells it (`postgres (PostgreSQL) 17.6 (Debian ...)`); nil when
  /// there is no such program or it does not run here.
  func majorVersion() -> Int? {
    guard let answer = answer(of: "\(binDirectory)/postgres", "--version") else { return nil }
    let number = answer.split(separator: " ").lazy.compactMap { word in
      Int(word.prefix { $0.isNumber })
    }
    return number.first
  }

  /// The TimescaleDB versions that can be chosen with `CREATE EXTENSION timescaledb VERSION`: those with both
  /// an installation script and a library. Community if the library under the Timescale License is there too.
  func offers() -> [Offer] {
    let libraries = Set(libraryDirectories().flatMap { entries(of: $0) })
    let scripts = Set(extensionDirectories().flatMap { entries(of: $0) })
    return scripts.compactMap { script -> Offer? in
      guard script.hasPrefix("timescaledb--"), script.hasSuffix(".sql"),
        let version = TimescaleVersion(script.dropFirst(13).dropLast(4)),
        libraries.contains("timescaledb-\(version).so")
      else { return nil }
      return Offer(
        version: version, isCommunity: libraries.contains("timescaledb-tsl-\(version).so"))
    }
    .sorted { $0.version < $1.version }
  }

  /// The library of the only TimescaleDB version offered, as seen from inside the root; nil if there are several, whose
  /// symbols have the same names.
  var onlyLibrary: String? {
    let offers = offers()
    guard offers.count == 1, let version = offers.first?.version else { return nil }
    let name = "timescaledb-\(version).so"
    return libraryDirectories().first { entries(of: $0).contains(name) }.map { "\($0)/\(name)" }
  }

  /// Whether the server program is linked with OpenSSL. Without pg_config, which Debian's server packages
  /// lack, only the program itself can tell.
  var supportsTLS: Bool { isLinked(to: "libssl.so") }

  /// The collations of ICU need not be installed for it.
  var supportsICU: Bool { isLinked(to: "libicui18n.so") }

  /// Whether the programs of its clients run on this machine, outside of any root.
  var hasClients: Bool {
    root == nil
      && ["psql", "pg_dump", "pg_dumpall", "pg_restore"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "\(binDirectory)/\($0)")
      }
  }

  private func isLinked(to library: String) -> Bool {
    let program = FileManager.default.contents(atPath: outside("\(binDirectory)/postgres"))
    return program?.range(of: Data(library.utf8)) != nil
  }

  /// Debian keeps a version's files in /usr/share/postgresql/17 and /usr/lib/postgresql/17/lib, and has pg_config
  /// only in its development packages; an installation of one's own keeps them beside its bin directory.
  private func extensionDirectories() -> [String] {
    if let told = answer(of: "\(binDirectory)/pg_config", "--sharedir") {
      return ["\(told)/extension"]
    }
    let parent = (binDirectory as NSString).deletingLastPathComponent
    if parent.hasPrefix("/usr/lib/postgresql/") {
      return ["/usr/share/postgresql/\((parent as NSString).lastPathComponent)/extension"]
    }
    return ["\(parent)/share/extension", "\(parent)/share/postgresql/extension"]
  }

  private func libraryDirectories() -> [String] {
    if let told = answer(of: "\(binDirectory)/pg_config", "--pkglibdir") { return [told] }
    let parent = (binDirectory as NSString).deletingLastPathComponent
    return ["\(parent)/lib", "\(parent)/lib/postgresql"]
  }

  private func entries(of directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: outside(directory))) ?? []
  }

  /// The first line a program prints; nil when it is missing or fails.
  private func answer(of program: String, _ argument: String) -> String? {
    guard FileManager.default.isExecutableFile(atPath: outside(program)),
      let output = try? ScratchFile(),
      let child = try? ChildProcess.start(
        (root.map { ["chroot", $0] } ?? []) + [program, argument], environment: Self.environment,
        output: .writing(output.path)),
      child.waitForEnding() == .exited(0)
    else { return nil }
    return output.text.split(separator: "\n").first.map(String.init)
  }
}
