internal import CLibpq

/// How PostgreSQL's client programs come to the database that a session is connected to: as the session did, wherever its
/// parameters came from (string, service file, environment).
///
/// Secrets are kept apart from what may stand in a command line.
public struct ClientParameters: Sendable {
  /// Keywords and values that may be shown, in libpq's order.
  public private(set) var shown: [(keyword: String, value: String)]
  private let password: String?
  /// What the environment has no variable for.
  private let otherSecrets: [(keyword: String, value: String)]

  /// For `-d`: a string of keywords and values without any secret.
  public var connectionString: String { Self.string(of: shown) }

  /// The same for a person's command line, without what only this program sets.
  public var shortConnectionString: String {
    Self.string(of: shown.filter { !Self.ours.contains($0.keyword) })
  }

  private static let ours: Set<String> = [
    "application_name", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
    "passfile",
  ]

  /// What the program has to find in its environment.
  public var environment: [String: String] { password.map { ["PGPASSWORD": $0] } ?? [:] }

  /// A service file's text with the secrets that can't be given otherwise; nil where there is none of them. Values that
  /// a service file can't hold aren't in it.
  public var serviceFile: String? {
    let lines = otherSecrets.filter { $0.value.allSatisfy { !$0.isNewline } }
      .map { "\($0.keyword)=\($0.value)\n" }
    return lines.isEmpty ? nil : "[\(Self.serviceName)]\n" + lines.joined()
  }

  static let serviceName = "timescaledb_backfill"

  /// The same server by another database.
  public func database(_ name: String) -> ClientParameters {
    var other = self
    other.shown = shown.filter { $0.keyword != "dbname" } + [("dbname", name)]
    return other
  }

  /// The same with the secrets of a service file.
  public func using(serviceFile path: String) -> (parameters: ClientParameters, variable: (String, String)) {
    var other = self
    other.shown.append(("service", Self.serviceName))
    return (other, ("PGSERVICEFILE", path))
  }

  private static func string(of settings: [(keyword: String, value: String)]) -> String {
    settings.map { "\($0.keyword)=\(quoted($0.value))" }.joined(separator: " ")
  }

  /// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
  private static func quoted(_ value: String) -> String {
    let plain = value.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
    }
    if plain, !value.isEmpty { return value }
    return "'" + value.replacing(part: "\\", with: "\\\\").replacing(part: "'", with: "\\'") + "'"
  }

  fileprivate init(options: [(keyword: String, value: String, isSecret: Bool)]) {
    shown = options.filter { !$0.isSecret }.map { ($0.keyword, $0.value) }
    password = options.first { $0.keyword == "password" }?.value
    otherSecrets = options.filter { $0.isSecret && $0.keyword != "password" }.map { ($0.keyword, $0.value) }
  }
}

extension ClientParameters: CustomReflectable {
  /// No more than may be shown.
  public var customMirror: Mirror {
    Mirror(self, children: ["shown": connectionString], displayStyle: .struct)
  }
}

extension Connection {
  /// What isn't libpq's default for this process, which its children have too. The service that parameters came from isn't
  /// among them, as they are.
  public var clientParameters: ClientParameters {
    let defaults = Dictionary(
      Self.options(PQconndefaults()).map { ($0.keyword, $0.value) }, uniquingKeysWith: { first, _ in first })
    let own = Self.options(PQconninfo(handle)).filter { option in
      !["service", "servicefile", "client_encoding", "fallback_application_name"].contains(option.keyword)
        && (option.isSecret || defaults[option.keyword] != option.value)
    }
    return ClientParameters(options: own)
  }

  private static func options(
    _ options: UnsafeMutablePointer<PQconninfoOption>?
  ) -> [(keyword: String, value: String, isSecret: Bool)] {
    guard let options else { return [] }
    defer { PQconninfoFree(options) }
    var found: [(String, String, Bool)] = []
    var option = options
    while let keyword = option.pointee.keyword.map({ String(cString: $0) }) {
      // scram_client_key and scram_server_key (18) stand for a password, and libpq doesn't mark them.
      let isSecret =
        option.pointee.dispchar.map { $0.pointee == CChar(UInt8(ascii: "*")) } == true
        || keyword.hasPrefix("scram_")
      if let value = option.pointee.val.map({ String(cString: $0) }), !value.isEmpty {
        found.append((keyword, value, isSecret))
      }
      option += 1
    }
    return found
  }
}
