/// Databases that hold nothing but the extension, from which test databases are cloned: creating the
/// extension takes half a second, cloning a tenth of that.
actor TemplateDatabases {
  struct Kind: Hashable {
    let version: TimescaleVersion?
    let schema: String
    let encoding: String
    let locale: String
    let icuLocale: String?

    init(_ version: TimescaleVersion?, _ options: DatabaseOptions = .init()) {
      self.version = version
      schema = options.extensionSchema
      encoding = options.encoding
      locale = options.locale
      icuLocale = options.icuLocale
    }
  }

  private var making: [Kind: Task<String, any Error>]
  private var databases = 0

  /// - Parameter found: what the cluster's first template, which it has already, is of; nil if it has none yet.
  init(found: Kind? = nil) {
    making = found.map { [$0: Task { Self.name(0) }] } ?? [:]
  }

  private static func name(_ number: Int) -> String { "template_\(number)" }

  /// A name that no database of the cluster has, of at most 63 bytes.
  func uniqueName(_ hint: String) -> String {
    databases += 1
    return "\(hint)_\(databases)"
  }

  /// The name of the template for such a database, made when first asked for.
  func template(
    of version: TimescaleVersion?, options: DatabaseOptions, on cluster: TestCluster
  ) async throws -> String {
    let kind = Kind(version, options)
    let name = Self.name(making.count)
    let task =
      making[kind] ?? Task(executorPreference: TestThreads.all) { try Self.make(name, kind, on: cluster) }
    making[kind] = task
    return try await task.value
  }

  private static func make(_ name: String, _ kind: Kind, on cluster: TestCluster) throws -> String {
    let provider = kind.icuLocale.map { "LOCALE_PROVIDER icu ICU_LOCALE \(quotedLiteral($0))" } ?? ""
    try cluster.executeAsSuperuser(
      """
      CREATE DATABASE \(name) TEMPLATE template0 \(provider) ENCODING \(quotedLiteral(kind.encoding))
      LC_COLLATE \(quotedLiteral(kind.locale)) LC_CTYPE \(quotedLiteral(kind.locale))
      """)
    if let version = kind.version {
      // In a scope of its own: nobody may be connected to a template while it is cloned.
      try SQLSession(connectionString: cluster.superuserConnectionString(database: name)).execute(
        """
        CREATE SCHEMA IF NOT EXISTS \(quotedIdentifier(kind.schema));
        GRANT USAGE ON SCHEMA \(quotedIdentifier(kind.schema)) TO PUBLIC;
        """)
      // TimescaleDB wants CREATE EXTENSION to be the first statement of its session.
      try SQLSession(connectionString: cluster.superuserConnectionString(database: name)).execute(
        """
        CREATE EXTENSION timescaledb VERSION \(quotedLiteral(version.description))
        SCHEMA \(quotedIdentifier(kind.schema))
        """)
    }
    // The first session in a database leaves a file that spares those after it a scan of the system catalog.
    try SQLSession(connectionString: cluster.superuserConnectionString(database: name)).execute("SELECT 1")
    try cluster.executeAsSuperuser("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
    return name
  }
}
