internal import CLibpq

/// Everything that differs between PostgreSQL's versions, decided once from the server's. The next version means one
/// place to change: here.
public struct ServerCapabilities: Sendable, Equatable, CustomStringConvertible {
  /// Such as 18.
  public let major: Int
  /// As the server tells it: "15.14 (Debian 15.14-1)".
  public let description: String

  /// idle_session_timeout, and client_connection_check_interval (14).
  let watchesClients: Bool
  /// transaction_timeout (17).
  let limitsTransactions: Bool
  /// Publications may name schemas: pg_publication_namespace (15).
  public let publishesSchemas: Bool
  /// `GRANT SET ON PARAMETER`, has_parameter_privilege (15). Before, superusers alone may set what isn't everybody's.
  public let grantsParameters: Bool
  /// pg_database_collation_actual_version (15).
  public let tellsDatabaseCollationVersion: Bool

  /// Checksums are made with hash_record_extended, which came with 14.
  public static let oldestMajor = 14

  /// - Parameter version: as libpq gives it, such as 150018.
  public init(version: Int, description: String) {
    major = version / 10000
    self.description = description
    watchesClients = major >= 14
    limitsTransactions = major >= 17
    publishesSchemas = major >= 15
    grantsParameters = major >= 15
    tellsDatabaseCollationVersion = major >= 15
  }

  init(of connection: OpaquePointer) {
    let version = Int(PQserverVersion(connection))
    let text = PQparameterStatus(connection, "server_version").map { String(cString: $0) }
    self.init(version: version, description: text ?? "\(version / 10000).\(version % 10000)")
  }

  public var isTooOld: Bool { major < Self.oldestMajor }

  public func isSameMajor(as other: ServerCapabilities) -> Bool { major == other.major }

  public func isOlderMajor(than other: ServerCapabilities) -> Bool { major < other.major }
}
