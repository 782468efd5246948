import CLibpq

/// The libpq that this process has loaded, which need not be the one it was built with.
public struct ClientLibrary: Sendable, Equatable {
  /// As PostgreSQL writes it: `18.1`.
  public var version: String
  /// What TLS is made with, as libpq names it; nil without TLS, and before libpq 15.
  public var security: String?
  /// Where it was loaded from; nil if that is not known.
  public var path: String?

  public init(version: String, security: String?, path: String?) {
    self.version = version
    self.security = security
    self.path = path
  }

  /// - Parameter map: of the process's memory, as the kernel tells it (/proc/self/maps); nil if it doesn't.
  public static func loaded(map: String?) -> ClientLibrary {
    let number = PQlibVersion()
    return ClientLibrary(
      version: "\(number / 10000).\(number % 10000)",
      security: PQsslAttribute(nil, "library").map { String(cString: $0) }, path: map.flatMap(path(in:)))
  }

  /// The file in a line such as `7f0c3a200000-7f0c3a20e000 r--p 00000000 fe:00 1234    /usr/lib/libpq.so.5.17`.
  static func path(in map: String) -> String? {
    for line in map.split(separator: "\n") {
      let path = line.drop { $0 != "/" }
      if path.contains(part: "/libpq.so.") { return String(path) }
    }
    return nil
  }

  /// Whether it is the one that the portable package brings along.
  public var isBundled: Bool { path?.contains(part: "/lib/timescaledb-backfill/libpq.so.") == true }
}
