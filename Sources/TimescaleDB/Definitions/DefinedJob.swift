public import Postgres

/// A background job with all that it was defined with.
public struct DefinedJob: Sendable {
  /// A member of its configuration.
  public struct Setting: Sendable, Equatable {
    public var name: String
    public var value: String
    public var isNumber: Bool

    public init(_ name: String, _ value: String, isNumber: Bool = false) {
      self.name = name
      self.value = value
      self.isNumber = isNumber
    }
  }

  public var job: BackgroundJob
  public var settings: [Setting]
  /// Looks at the configuration, of a person's own job.
  public var check: QualifiedName?

  public init(_ job: BackgroundJob, settings: [Setting] = [], check: QualifiedName? = nil) {
    self.job = job
    self.settings = settings
    self.check = check
  }

  /// All of a database, by number.
  ///
  /// - Throws: `PostgresError`.
  static func all(on connection: borrowing Connection) throws(PostgresError) -> [DefinedJob] {
    let settings = try connection.query(
      """
      SELECT j.id, e.key, e.value #>> '{}' AS value, jsonb_typeof(e.value) = 'number' AS is_number
      FROM \(BackgroundJob.table) AS j CROSS JOIN LATERAL jsonb_each(j.config) AS e
      WHERE \(BackgroundJob.isOfPeople("j.id")) AND jsonb_typeof(j.config) = 'object'
        AND jsonb_typeof(e.value) IN ('string', 'number', 'boolean')
      """, doing: "reading definitions of jobs"
    ) { row throws(PostgresError) in
      (
        id: try row.integer("id"),
        setting: Setting(
          try row.text("key"), try row.text("value"), isNumber: try row.flag("is_number"))
      )
    }
    let checks = try connection.query(
      """
      SELECT id, check_schema, check_name FROM \(BackgroundJob.table) WHERE check_name IS NOT NULL
      """, doing: "reading definitions of jobs"
    ) { row throws(PostgresError) in
      (id: try row.integer("id"), name: try row.name("check_schema", "check_name"))
    }
    return try BackgroundJob.all(on: connection).map { job in
      DefinedJob(
        job, settings: settings.filter { $0.id == job.id }.map(\.setting),
        check: checks.first { $0.id == job.id }?.name)
    }
  }

  /// The member of this name as an argument: an interval or a number.
  func argument(_ name: String) -> SQL? {
    guard let setting = settings.first(where: { $0.name == name }) else { return nil }
    if setting.isNumber { return Int64(setting.value).map { "\($0)" } }
    return "interval \(setting.value)"
  }

  func text(_ name: String) -> String? { settings.first { $0.name == name }?.value }
}
