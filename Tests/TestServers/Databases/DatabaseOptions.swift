/// What a test database should have beyond TimescaleDB.
public struct DatabaseOptions: Sendable, Hashable {
  /// The extension's schema; `public` like most, or one of its own.
  public var extensionSchema: String
  /// The encoding, such as `LATIN1`.
  public var encoding: String
  /// LC_COLLATE and LC_CTYPE. `C` goes with every encoding; others must exist on the server.
  public var locale: String
  /// The default collation as ICU has it, such as `en`, instead of LC_COLLATE; for PostgreSQL 15 and later with ICU.
  public var icuLocale: String?
  /// Defaults of the database's sessions, such as `["TimeZone": "Asia/Kathmandu", "DateStyle": "SQL, DMY"]`.
  public var settings: [String: String]
  /// False for a database without TimescaleDB.
  public var hasTimescale: Bool

  public init(
    extensionSchema: String = "public", encoding: String = "UTF8", locale: String = "C.UTF-8",
    icuLocale: String? = nil,
    settings: [String: String] = [:], hasTimescale: Bool = true
  ) {
    self.extensionSchema = extensionSchema
    self.encoding = encoding
    self.locale = locale
    self.icuLocale = icuLocale
    self.settings = settings
    self.hasTimescale = hasTimescale
  }
}
