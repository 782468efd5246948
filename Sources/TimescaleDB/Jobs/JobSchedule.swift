public import Postgres

/// When a job runs, and what is done where it fails: what `alter_job` changes, as the server writes it.
public struct JobSchedule: Sendable, Equatable {
  /// An interval.
  public var interval: String
  /// An interval; 0 for no limit.
  public var maxRuntime: String
  /// -1 for no limit.
  public var maxRetries: Int64
  /// An interval.
  public var retryPeriod: String
  /// Runs begin at `initialStart` and whole intervals after it; otherwise an interval after the last run's end.
  public var isFixed: Bool
  /// A timestamptz; nil where the schedule isn't fixed, as it means nothing then.
  public var initialStart: String?
  public var timezone: String?

  public init(
    interval: String, maxRuntime: String = "00:00:00", maxRetries: Int64 = -1,
    retryPeriod: String = "00:05:00",
    isFixed: Bool = true, initialStart: String? = nil, timezone: String? = nil
  ) {
    self.interval = interval
    self.maxRuntime = maxRuntime
    self.maxRetries = maxRetries
    self.retryPeriod = retryPeriod
    self.isFixed = isFixed
    self.initialStart = initialStart
    self.timezone = timezone
  }

  /// Reads the columns that `columns` yields.
  public init(_ row: Row) throws(PostgresError) {
    interval = try row.text("schedule_interval")
    maxRuntime = try row.text("max_runtime")
    maxRetries = try row.integer("max_retries")
    retryPeriod = try row.text("retry_period")
    isFixed = try row.flag("fixed_schedule")
    initialStart = isFixed ? try row.optionalText("initial_start") : nil
    timezone = try row.optionalText("timezone")
  }

  /// A select list for `init(_:)`, from a relation with columns of these names.
  public static func columns(of job: SQL) -> SQL {
    """
    \(job).schedule_interval, \(job).max_runtime, \(job).max_retries, \(job).retry_period, \(job).fixed_schedule,
      \(job).initial_start, \(job).timezone
    """
  }

  /// What is otherwise in another schedule, by the names of `alter_job`'s arguments and of `bgw_job`'s columns. Without
  /// the time zone, which `alter_job` has to be given in any case.
  func differences(from other: JobSchedule) -> [(name: Identifier, value: SQL)] {
    var found: [(name: Identifier, value: SQL)] = []
    if interval != other.interval { found.append((Identifier("schedule_interval"), "\(interval)::interval")) }
    if maxRuntime != other.maxRuntime { found.append((Identifier("max_runtime"), "\(maxRuntime)::interval")) }
    if maxRetries != other.maxRetries { found.append((Identifier("max_retries"), "\(maxRetries)")) }
    if retryPeriod != other.retryPeriod {
      found.append((Identifier("retry_period"), "\(retryPeriod)::interval"))
    }
    // alter_job takes a missing beginning of a fixed schedule for the present.
    if isFixed != other.isFixed || initialStart != other.initialStart {
      found.append((Identifier("fixed_schedule"), "\(isFixed)"))
      if let initialStart { found.append((Identifier("initial_start"), "\(initialStart)::timestamptz")) }
    }
    return found
  }
}
