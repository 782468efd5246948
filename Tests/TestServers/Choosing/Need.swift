/// What a test needs of a server. Which servers a test is given, and what is said when there is none, follows from its
/// needs alone (see `Servers`).
public struct Need: Sendable {
  /// Completes "needs ...".
  public let description: String
  let isMet: @Sendable (TestServer) -> Bool

  init(_ description: String, isMet: @escaping @Sendable (TestServer) -> Bool) {
    self.description = description
    self.isMet = isMet
  }

  /// The edition under the Timescale License: compression, continuous aggregates, jobs, create_chunk.
  public static let community = Need(
    "TimescaleDB's Community edition (in Timescale's own packages; BACKFILL_TEST_PGBIN names its PostgreSQL)",
    isMet: \.isCommunity)

  public static let apache = Need("TimescaleDB's Apache edition") { !$0.isCommunity }

  /// PostgreSQL built with TLS.
  public static let tls = Need("a PostgreSQL built with TLS", isMet: \.supportsTLS)

  /// PostgreSQL built with ICU, whose collations sort otherwise than by bytes.
  public static let icu = Need("a PostgreSQL built with ICU", isMet: \.supportsICU)

  /// psql, pg_dump and their like, run on this machine itself.
  public static let clients = Need("PostgreSQL's client programs on this machine itself") {
    $0.installation.hasClients
  }

  /// TimescaleDB of this version or a later one.
  public static func since(_ major: Int, _ minor: Int, _ patch: Int = 0) -> Need {
    let version = TimescaleVersion(major, minor, patch)
    return Need("TimescaleDB \(version) or later") { $0.timescaleVersion >= version }
  }

  /// TimescaleDB of an earlier version.
  public static func before(_ major: Int, _ minor: Int, _ patch: Int = 0) -> Need {
    let version = TimescaleVersion(major, minor, patch)
    return Need("TimescaleDB before \(version)") { $0.timescaleVersion < version }
  }

  /// PostgreSQL of this major version or a later one.
  public static func postgres(_ major: Int) -> Need {
    Need("PostgreSQL \(major) or later") { $0.pgMajor >= major }
  }
}
