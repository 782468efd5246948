public import Postgres

/// Something that a command found and a person should know. Whether it stops the command (`CommandFailure`), is a warning
/// or just a note (`Event`) is decided where it is found.
///
/// A finding holds facts only. The executable makes sentences of them; what goes to programs takes them as they are.
public enum Finding: Sendable {
  /// What a server said, or the lack of one.
  case server(PostgresError)
  /// An error of no known kind: a fault of this program.
  case unexpected(String)
  case databases(DatabaseFinding)
  case versions(VersionFinding)
  case queue(QueueFinding)
  case selection(SelectionFinding)
  case time(TimeFinding)
  case schema(SchemaFinding)
  case table(TableFinding)
  case access(AccessFinding)
  case condition(ConditionFinding)
  case hazard(HazardFinding)
  case staging(StagingFinding)
  case work(WorkFinding)
  case completeness(CompletenessFinding)
  case refresh(RefreshFinding)
  case clean(CleanFinding)
  case jobs(JobFinding)
  case status(StatusFinding)
  case report(ReportFinding)
  case program(ProgramFinding)
  case transfer(TransferFinding)
  case definition(DefinitionFinding)
  case migration(MigrationFinding)
  case archive(ArchiveFinding)
  case load(LoadFinding)

  /// What kind of finding it is, for programs. A code never changes its meaning.
  public var code: String { facts.code }
  /// The database that it is about, where it is one.
  public var side: Side? { facts.side }
  /// The relation or role that it is about, where it is one.
  public var object: String? { facts.object }
  /// What the server's error was.
  public var sqlState: String? { serverError?.sqlState }
  /// What the server added to it.
  public var detail: String? { serverError?.detail }
  public var serverError: PostgresError? { facts.error }

  private var facts: any FindingFacts {
    switch self {
    case .server(let error): ServerFacts(code: "server-error", error: error)
    case .unexpected: ServerFacts(code: "unexpected-error", error: nil)
    case .databases(let finding): finding
    case .versions(let finding): finding
    case .queue(let finding): finding
    case .selection(let finding): finding
    case .time(let finding): finding
    case .schema(let finding): finding
    case .table(let finding): finding
    case .access(let finding): finding
    case .condition(let finding): finding
    case .hazard(let finding): finding
    case .staging(let finding): finding
    case .work(let finding): finding
    case .completeness(let finding): finding
    case .refresh(let finding): finding
    case .clean(let finding): finding
    case .jobs(let finding): finding
    case .status(let finding): finding
    case .report(let finding): finding
    case .program(let finding): finding
    case .transfer(let finding): finding
    case .definition(let finding): finding
    case .migration(let finding): finding
    case .archive(let finding): finding
    case .load(let finding): finding
    }
  }
}

/// What every kind of finding answers.
protocol FindingFacts {
  var code: String { get }
  var side: Side? { get }
  var object: String? { get }
  /// The server's error behind it.
  var error: PostgresError? { get }
}

extension FindingFacts {
  var side: Side? { error?.side }
  var object: String? { error?.relation?.description }
  var error: PostgresError? { nil }
}

private struct ServerFacts: FindingFacts {
  let code: String
  let error: PostgresError?
}
