import BackfillCommands
import ChunkCatalog
import TestConnections
import Testing

@testable import backfill

@Suite("The commands of migrate") struct MigrateRequestTests {
  private static let environment = [
    "BACKFILL_SOURCE": "host=s password=hunter2", "BACKFILL_TARGET": "host=t",
  ]

  private func request(
    _ words: [String], _ environment: [String: String] = environment
  ) throws -> MigrateRequest {
    guard
      case .migrate(let request) = try CommandLineParser.parse(["migrate"] + words, environment: environment)
    else { throw UsageError.noSubcommand }
    return request
  }

  private func lines(_ request: MigrateRequest, _ choice: MigrationRecord.Choice) throws -> [String] {
    try MigrationStep.allCases.compactMap { step in
      try step.subcommand.map {
        String(try request.line($0, choice).text.dropFirst("timescaledb-backfill ".count))
      }
    }
  }

  @Test("get nothing that nobody gave") func plain() throws {
    let request = try request([])
    let choice = MigrationRecord.Choice(until: ["2026-01-01"])
    #expect(
      try lines(request, choice) == [
        "check --until=2026-01-01", "schema --no-grants", "jobs off", "stage --until=2026-01-01", "copy",
        "verify",
        "refresh-caggs", "jobs on --stagger=15m", "clean",
      ])
  }

  @Test("get the options that they have") func all() throws {
    let request = try request([
      "--source=host=x password=hunter2", "-p3", "--max-rate=5MB", "--stagger=2h", "--disable-triggers",
      "--allow-shrinking", "--no-roles", "--no-tables", "--pg-bin=/a b", "--from", "2025-01-01", "--filter",
      "^a$",
      "--exclude=b", "-UD", "--yes", "--writing-to-both", "--until=2026-01-01", "--until", "public.e=-5",
    ])
    #expect(
      try lines(request, request.choice()) == [
        "check --source=... --until=2026-01-01 --until=public.e=-5 --from=2025-01-01 --filter='^a$' --exclude=b "
          + "--cascade-up --cascade-down --parallelism=3",
        "schema --source=... --no-roles --no-tables --no-grants --pg-bin='/a b'", "jobs off",
        "stage --source=... --until=2026-01-01 --until=public.e=-5 --from=2025-01-01 --filter='^a$' --exclude=b "
          + "--cascade-up --cascade-down --allow-shrinking",
        "copy --source=... --parallelism=3 --max-rate=5MB --disable-triggers --allow-shrinking",
        "verify --source=... --parallelism=3 --max-rate=5MB",
        "refresh-caggs --source=... --filter='^a$' --cascade-up --cascade-down", "jobs on --stagger=2h",
        "clean",
      ])
    guard case .schema(let schema) = try request.line(.schema, request.choice()).command else {
      Issue.record("no schema")
      return
    }
    #expect(schema.options.skipsGrants && schema.options.skipsRoles && !schema.options.isManaged)
  }

  @Test("leave a provider's target its jobs") func managed() throws {
    let line = try request(["--managed"]).line(.schema, .init(until: []))
    #expect(line.text == "timescaledb-backfill schema --managed")
  }

  @Test("are about what was recorded, but for what is given") func recorded() throws {
    let recorded = MigrationRecord.Choice(
      until: ["1", "public.e=2"], from: "0", filter: "f", exclude: "x", cascadeUp: true)
    #expect(try request([]).choice(over: recorded) == recorded)
    let other = try request(["--until=9", "--cascade-down"]).choice(over: recorded)
    #expect(
      other == .init(until: ["9"], from: "0", filter: "f", exclude: "x", cascadeUp: true, cascadeDown: true))
  }

  @Test("check nothing by half a window") func fromAlone() throws {
    let request = try request(["--from=2025-01-01"])
    #expect(try request.line(.check, request.choice()).text == "timescaledb-backfill check")
  }

  @Test(
    "are looked at before anything is done",
    arguments: [
      Case("a number of workers", ["-p0"], "--parallelism takes a whole number from 1 to 255"),
      Case(
        "times for single relations only", ["--until=a.b=5"], "--until takes a time for all relations too"),
      Case("schema and none", ["--managed", "--no-schema"], "exclude each other"),
      Case("a document", ["--json"], "migrate has no option --json"),
      Case("a connection string", ["--source=host=x y"], "not a connection string"),
    ] as [Case<[String], String>])
  func refused(row: Case<[String], String>) throws {
    var refusal: UsageError?
    do { _ = try request(row.input) } catch let error as UsageError { refusal = error }
    #expect(refusal?.message.contains(row.expected) == true, "\(String(describing: refusal))")
  }
}
